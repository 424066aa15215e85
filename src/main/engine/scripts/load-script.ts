/** A script in the process that trains: its exports, and what they throw told at the user's own line. */
import { pathToFileURL } from 'node:url'
import { MinimaError } from '../../../contract/errors.ts'
import { addChainedOps } from '../models/script/chained-ops.ts'
import type { Tf } from '../models/tf.ts'
import { checkExports, type ScriptExports } from './script-exports.ts'
import { failureOf, scriptFault } from './script-failure.ts'
import { hookScripts } from './script-hooks.ts'
import type { SourceFile } from './script-protocol.ts'

/** Code of a person's own that a training is to run. */
export interface ScriptCode {
  /** Of the script, which is among the files. */
  readonly path: string
  /** As they were when the run was made: these texts are run, whatever the files hold now. */
  readonly files: readonly SourceFile[]
}

export interface LoadedScript {
  readonly exports: ScriptExports
  /** Errors of the script's code, at its line; others as they are. */
  fault(error: unknown): unknown
}

/** @throws MinimaError `experiment-invalid` */
export async function loadScript({ path, files }: ScriptCode, tf: Tf): Promise<LoadedScript> {
  addChainedOps(tf)
  const kept = new Map(files.map((file) => [file.path, file.text]))
  const hooked = hookScripts({ tf, kept })
  const fault = (error: unknown): unknown => {
    if (error instanceof MinimaError) return error
    const failure = failureOf(error, path, [...hooked.files.keys()])
    return failure.at === null ? error : scriptFault(failure, path)
  }
  try {
    const exports = (await import(pathToFileURL(path).href)) as ScriptExports
    checkExports(exports)
    return { exports, fault }
  } catch (error) {
    throw fault(error)
  }
}
