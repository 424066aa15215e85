/** The one window: what it may do, where it may go, and its size. */
import { join } from 'node:path'
import { BrowserWindow, shell } from 'electron'

export function createWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 800,
    minHeight: 500,
    show: false,
    backgroundColor: '#131416',
    title: 'Minima',
    autoHideMenuBar: true,
    webPreferences: {
      preload: join(__dirname, '../preload/index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      spellcheck: false,
    },
  })
  window.once('ready-to-show', () => window.show())
  window.webContents.setWindowOpenHandler(({ url }) => {
    if (/^https?:\/\//.test(url)) void shell.openExternal(url)
    return { action: 'deny' }
  })
  window.webContents.on('will-navigate', (event, url) => {
    if (new URL(url).origin !== new URL(window.webContents.getURL()).origin) event.preventDefault()
  })
  return window
}

/** Loads the engine's page; when the engine moved, the view (`?run=…`) stays. */
export function showPage(window: BrowserWindow, origin: string): void {
  const shown = window.webContents.getURL()
  const view = shown.startsWith('http') ? new URL(shown).search : ''
  void window.loadURL(`${origin}/${view}`)
}
