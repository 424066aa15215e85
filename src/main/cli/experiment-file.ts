/** An experiment file as a command sends it to the engine: its text, and what `--set` replaces in it. */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { MinimaError } from '../../contract/errors.ts'
import type { RequestParams } from '../../contract/requests.ts'

export async function readExperimentFile(
  file: string,
  set: readonly string[],
): Promise<RequestParams<'experiments.check'>> {
  const path = resolve(file)
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new MinimaError('not-found', `the experiment file cannot be read (${error.message})`)
  })
  return { text, path, baseDir: dirname(path), overrides: parseOverrides(set) }
}

/** @param set `path=value`, the value read as JSON where it is that, else as text */
export function parseOverrides(set: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(set.map(parseOverride))
}

function parseOverride(given: string): [string, unknown] {
  const at = given.indexOf('=')
  if (at < 1) throw new MinimaError('bad-request', `--set ${given}: expected PATH=VALUE, such as fit.epochs=3`)
  return [given.slice(0, at), parseScalar(given.slice(at + 1))]
}

function parseScalar(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** Whether a file is a module that exports an experiment, rather than the experiment itself. */
export function isScript(path: string | null | undefined): boolean {
  return /\.[cm]?[jt]s$/.test(path ?? '')
}
