/** The desktop shell: starts or finds the engine at once, shows its page in a window, and asks before leaving live runs. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { app, ipcMain, Menu, type BrowserWindow } from 'electron'
import { workspaceDir } from './engine-host.ts'
import { askAboutRuns, tellFailure } from './shell/dialogs.ts'
import { readHealth, stopEngine } from './shell/engine-link.ts'
import { watchEngine, type EngineWatch } from './shell/engine-watch.ts'
import { createWindow, showPage } from './shell/window.ts'

const workspace = workspaceDir(app.commandLine.getSwitchValue('workspace') || undefined)
// One window per workspace: Electron's lock goes by this folder.
const profile = createHash('sha1').update(workspace).digest('hex').slice(0, 12)
app.setPath('userData', join(app.getPath('appData'), 'Minima', profile))

if (app.requestSingleInstanceLock()) run()
else app.quit()

function run(): void {
  let window: BrowserWindow | null = null
  let origin: string | null = null
  const show = (): void => {
    if (window && origin) showPage(window, origin)
  }
  // Before Electron is ready: the engine starts while Chromium does.
  const watch = watchEngine(
    workspace,
    join(__dirname, '../engine/engine.mjs'),
    (found) => {
      origin = found
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
  app.on('second-instance', () => window?.focus())
  app.on('window-all-closed', () => app.quit())
  void app.whenReady().then(() => {
    Menu.setApplicationMenu(Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'viewMenu' }]))
    window = createWindow()
    askBeforeClosing(window, watch)
    show()
  })
}

function askBeforeClosing(window: BrowserWindow, watch: EngineWatch): void {
  let settled = false
  window.on('close', (event) => {
    if (settled) return
    event.preventDefault()
    void settleRuns(window, watch).then((close) => {
      settled = close
      if (close) window.close()
    })
  })
}

/** @returns whether the window may close: runs go on without it, or were stopped and saved. */
async function settleRuns(window: BrowserWindow, watch: EngineWatch): Promise<boolean> {
  const engine = watch.current()
  const liveRuns = engine ? ((await readHealth(engine))?.liveRuns ?? 0) : 0
  const choice = liveRuns > 0 ? askAboutRuns(window, liveRuns) : 'keep'
  if (choice === 'cancel') return false
  watch.stop()
  if (choice === 'stop' && engine) await stopEngine(engine)
  return true
}
