/** Faults of an experiment file, made and shown in one way. */
import type { MinimaError } from '../../../contract/errors.ts'
import type { Problem } from '../../../contract/requests.ts'
import { settingOf } from '../data/data-error.ts'
import type { KeyPath, Position, Positions } from './positions.ts'

/** `model.layers[2].units` */
function showPath(path: KeyPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return text === '' ? key : `${text}.${key}`
  }, '')
}

/** @param path with what a person should read, where that is more than the path of the setting */
export function makeProblem(path: string | KeyPath, position: Position | null, message: string): Problem {
  return {
    path: typeof path === 'string' ? path : showPath(path),
    line: position?.line ?? null,
    column: position?.column ?? null,
    message,
  }
}

/** `fit.batchSize: expected a positive integer, got 0 (line 14)` */
export function formatProblem({ path, line, message }: Problem): string {
  const where = line === null ? '' : ` (line ${line})`
  return `${path === '' ? '' : `${path}: `}${message}${where}`
}

/** How parts of the check tell of a fault. @param at the setting to point at. @param label shown in place of its path */
export type Report = (at: KeyPath, message: string, label?: string) => void

/** What reading the data failed with, as a fault of the setting that names the data. */
export function problemOfData(error: MinimaError, positions: Positions): Problem {
  const setting = settingOf(error) ?? ['data']
  return makeProblem(setting, positions.of(setting), error.message)
}
