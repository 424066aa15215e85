/** Shows a setup in the terminal: a line per stage with how long it took, and a bar that moves under it. */
import type { SetupJob } from '../../contract/tensorflow.ts'
import { formatBytes, formatDuration } from './format.ts'

const BAR_WIDTH = 24

export interface SetupDisplay {
  show(job: SetupJob): void
  /** Takes the bar away and tells the last stage. */
  end(): void
}

/** Without a terminal only the lines. */
export function createSetupDisplay(out: NodeJS.WriteStream, now = (): number => performance.now()): SetupDisplay {
  let last: SetupJob | null = null
  let startedAt = now()

  const close = (): void => {
    clearLine(out)
    if (last?.state !== 'running' || last.message === '') return
    out.write(`  ${last.stage.padEnd(12)} ${last.message}  (${formatDuration((now() - startedAt) / 1000)})\n`)
  }

  return {
    show(job) {
      if (last && last.stage !== job.stage) {
        close()
        startedAt = now()
      }
      last = job
      if (out.isTTY && job.state === 'running') {
        clearLine(out)
        out.write(barOf(job, (now() - startedAt) / 1000, out.columns))
      }
    },
    end: close,
  }
}

function clearLine(out: NodeJS.WriteStream): void {
  if (out.isTTY) out.write('\r\u001b[2K')
}

function barOf({ share, stage, doneBytes, totalBytes, message }: SetupJob, secs: number, columns: number): string {
  const filled = Math.round(BAR_WIDTH * (share ?? 0))
  const bar = '━'.repeat(filled) + '─'.repeat(BAR_WIDTH - filled)
  const parts = [`${bar} ${String(Math.round((share ?? 0) * 100)).padStart(3)} %`, stage]
  if (doneBytes !== null) {
    const of = totalBytes === null ? '' : ` of ${formatBytes(totalBytes)}`
    const rate = secs > 1 && stage === 'downloading' ? `, ${formatBytes(doneBytes / secs)}/s` : ''
    parts.push(`${formatBytes(doneBytes)}${of}${rate}`)
  }
  parts.push(message)
  return parts.join('  ').slice(0, Math.max(20, (columns || 100) - 1))
}
