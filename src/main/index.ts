/** The desktop shell: starts or finds the engine at once, shows its page in a window, and asks before leaving live runs. */
import { join } from 'node:path'
import { app, ipcMain, Menu, type BrowserWindow } from 'electron'
import { workspaceDir } from './engine-host.ts'
import { askAboutRuns, tellFailure } from './shell/dialogs.ts'
import { readHealth, stopEngine } from './shell/engine-link.ts'
import { watchEngine } from './shell/engine-watch.ts'
import { createWindow } from './shell/window.ts'

const workspace = workspaceDir(app.commandLine.getSwitchValue('workspace') || undefined)
let window: BrowserWindow | null = null
let page: string | null = null

const show = (): void => {
  if (window && page) void window.loadURL(page)
}

// Before Electron is ready: the engine starts while Chromium does.
const watch = watchEngine(
  workspace,
  join(__dirname, '../engine/engine.mjs'),
  (origin) => {
    page = `${origin}/`
    show()
  },
  (error) => {
    void app.whenReady().then(() => {
      tellFailure(error)
      app.exit(1)
    })
  },
)

ipcMain.on('engine-token', (event) => {
  event.returnValue = watch.current()?.token ?? ''
})

if (app.requestSingleInstanceLock({ workspace })) {
  app.on('second-instance', () => window?.focus())
} else {
  app.quit()
}

void app.whenReady().then(() => {
  Menu.setApplicationMenu(Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'viewMenu' }]))
  window = createWindow()
  show()
  let settled = false
  window.on('close', (event) => {
    if (settled || !window) return
    event.preventDefault()
    void closeWhenSettled(window).then((close) => {
      settled = close
      if (close) window?.close()
    })
  })
})

async function closeWhenSettled(closing: BrowserWindow): Promise<boolean> {
  const engine = watch.current()
  const liveRuns = engine ? ((await readHealth(engine))?.liveRuns ?? 0) : 0
  const choice = liveRuns > 0 ? askAboutRuns(closing, liveRuns) : 'keep'
  if (choice === 'cancel') return false
  watch.stop()
  if (choice === 'stop' && engine) await stopEngine(engine)
  return true
}

app.on('window-all-closed', () => app.quit())
