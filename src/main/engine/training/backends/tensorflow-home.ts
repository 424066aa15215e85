/**
 * Where native TensorFlow is set up on this machine, outside node_modules, and which setup is in use.
 *
 *     <home>/current.json                         the setup in use; written last, whole or not at all
 *     <home>/<setup>/lib/napi-v8/tfjs_binding.node
 *     <home>/<setup>/deps/lib                     a link to the folder of libtensorflow_cc and _framework
 */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { tensorflowInstalled } from '../../../../contract/tensorflow.ts'

export const setupRecord = tensorflowInstalled.extend({
  /** The native module, absolute. */
  binding: z.string(),
})
export type SetupRecord = z.infer<typeof setupRecord>

/** `MINIMA_TENSORFLOW_HOME`, else a folder of the system's cache of this user. */
export function tensorflowHome(): string {
  const named = process.env['MINIMA_TENSORFLOW_HOME']
  if (named) return named
  return join(cacheDir(), 'minima', 'tensorflow')
}

function cacheDir(): string {
  if (process.platform === 'win32') return process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches')
  return process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
}

export function currentPath(home: string): string {
  return join(home, 'current.json')
}

/** The setup in use, or the candidate that `MINIMA_TENSORFLOW_CANDIDATE` (a record as JSON) asks to be tried; null: none. */
export function readSetup(): SetupRecord | null {
  try {
    const candidate = process.env['MINIMA_TENSORFLOW_CANDIDATE']
    return setupRecord.parse(JSON.parse(candidate ?? readFileSync(currentPath(tensorflowHome()), 'utf8')))
  } catch {
    return null // none, or not one of ours: the same as none
  }
}
