/**
 * Where native TensorFlow is set up on this machine, outside node_modules, and which setup is in use.
 *
 *     <home>/current.json                         the setup in use; written last, whole or not at all
 *     <home>/<setup>/lib/napi-v8/tfjs_binding.node
 *     <home>/<setup>/deps/lib                     a link to the folder of libtensorflow_cc and _framework: in a Python's
 *                                                 site-packages, or site/tensorflow beside it
 *     <home>/<setup>/site/{tensorflow,nvidia}     what was taken out of wheels, laid out as site-packages
 *     <home>/staging-<flavor>/                    a setup that is not finished: the same, and wheels/ while they are needed
 *     <home>/bindings/<tfjs-node, platform>/      native modules that were built here
 *     <home>/setup.lock                           the pid of the process that is setting up
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { tensorflowInstalled } from '../../../../contract/tensorflow.ts'
import { userCacheDir } from '../../../cache-dir.ts'

/** The package whose binding, kernels and backend are used; both of tfjs-node's packages have the same. */
export const TFJS_NODE = '@tensorflow/tfjs-node-gpu'
export const BINDING_FILE = join('lib', 'napi-v8', 'tfjs_binding.node')

export const setupRecord = tensorflowInstalled.extend({
  /** The native module, absolute. */
  binding: z.string(),
})
export type SetupRecord = z.infer<typeof setupRecord>

/** `MINIMA_TENSORFLOW_HOME`, else a folder of the system's cache of this user. */
export function tensorflowHome(): string {
  const named = process.env['MINIMA_TENSORFLOW_HOME']
  if (named) return named
  return join(userCacheDir(), 'minima', 'tensorflow')
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

/** The folder that the native module of a setup finds TensorFlow's libraries in. */
export function libraryDir(setup: Pick<SetupRecord, 'binding'>): string {
  return join(dirname(setup.binding), '../../deps/lib')
}

/** The two libraries, as the wheels of this platform name them. */
export function libraryNames(): readonly [cc: string, framework: string] {
  return process.platform === 'darwin'
    ? ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib']
    : ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']
}

/** Where npm put tfjs-node: its sources, and its own native part if `--stock` has fetched that. */
export function tfjsNodeDir(): string {
  return dirname(createRequire(import.meta.url).resolve(`${TFJS_NODE}/package.json`))
}

/** The command that sets up this flavor. */
export function setupCommand(flavor: SetupRecord['flavor']): string {
  return flavor === 'cpu' ? 'minima setup tensorflow' : `minima setup tensorflow --${flavor}`
}
