/**
 * Ends the trainer when its engine is gone, within two seconds even while a native call holds the event loop: the
 * channel's own `disconnect` is seen only between calls, so a worker thread watches the parent's pid as well.
 */
import { Worker } from 'node:worker_threads'

const POLL_MS = 500

const WATCH = `
const parent = process.ppid
setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL') }, ${POLL_MS})
`

export function exitWithoutEngine(): void {
  process.on('disconnect', () => process.exit(1))
  // Windows keeps a dead parent's pid: there the channel alone must do.
  if (process.platform !== 'win32') new Worker(WATCH, { eval: true }).unref()
}
