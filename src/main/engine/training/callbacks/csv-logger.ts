/** Writes a line for each epoch, with the columns of Keras's CSVLogger. */
import { appendFileSync, mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { CallbackOf } from '../../../../contract/experiment/callbacks.ts'
import type { Callback, Logs } from './callback.ts'

interface State {
  readonly path: string
  readonly keys: readonly string[] | null
  /** Length of the file when this was so: lines that came later are of epochs that will be repeated. */
  readonly bytes: number
}

export function csvLogger({ type, filename, separator }: CallbackOf<'csvLogger'>): Callback {
  let path = ''
  let keys: readonly string[] | null = null

  const line = (cells: readonly (string | number)[]): void =>
    appendFileSync(path, `${cells.map((cell) => quoted(String(cell), separator)).join(separator)}\n`)

  return {
    name: type,
    state: (): State => ({ path, keys, bytes: statSync(path).size }),
    resume(kept) {
      const state = kept as State
      ;({ path, keys } = state)
      truncateSync(path, state.bytes)
    },
    onTrainBegin(_, training) {
      path = join(training.dir, filename)
      keys = null
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, '')
    },
    onEpochEnd(epoch, logs) {
      if (keys === null) {
        keys = columnsOf(logs)
        line(['epoch', ...keys])
      }
      line([epoch, ...keys.map((key) => logs[key] ?? 'NA')])
    },
  }
}

/** Those of a validation that may come in a later epoch, too. */
function columnsOf(logs: Logs): string[] {
  const keys = Object.keys(logs).sort()
  return keys.some((key) => key.startsWith('val_')) ? keys : [...keys, ...keys.map((key) => `val_${key}`)]
}

function quoted(cell: string, separator: string): string {
  return cell.includes(separator) || cell.includes('"') ? `"${cell.replaceAll('"', '""')}"` : cell
}
