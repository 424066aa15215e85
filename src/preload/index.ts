/** The bridge: hands the page the engine's token, and nothing of Electron or Node. */
import { contextBridge, ipcRenderer } from 'electron'

contextBridge.exposeInMainWorld('minima', { token: ipcRenderer.sendSync('engine-token') as string })
