/** What the shell asks or tells a person in a box of the system's. */
import { dialog, type BrowserWindow } from 'electron'

export type CloseChoice = 'keep' | 'stop' | 'cancel'

/** Asked once, when a window closes over runs that train. */
export function askAboutRuns(window: BrowserWindow, liveRuns: number): CloseChoice {
  const runs = liveRuns === 1 ? 'A run is' : `${liveRuns} runs are`
  const choice = dialog.showMessageBoxSync(window, {
    type: 'question',
    message: `${runs} still training`,
    detail: 'Training can go on without the window; the next start finds it again. Or stop now and save the weights.',
    buttons: ['Keep training', 'Stop and save', 'Cancel'],
    defaultId: 0,
    cancelId: 2,
  })
  return (['keep', 'stop', 'cancel'] as const)[choice] ?? 'cancel'
}

export function tellFailure(error: Error): void {
  dialog.showErrorBox('Minima could not start its engine', error.message)
}
