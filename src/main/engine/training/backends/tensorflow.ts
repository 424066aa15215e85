/** The tfjs-node binding over libtensorflow: the fastest rung, there when its native part is installed. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import util from 'node:util'
import type { Backend, Runtime } from './backend.ts'

const PACKAGE = '@tensorflow/tfjs-node-gpu'
const require = createRequire(import.meta.url)

function packageDir(): string | null {
  try {
    return dirname(require.resolve(`${PACKAGE}/package.json`))
  } catch {
    return null
  }
}

function obstacle(): string | null {
  const dir = packageDir()
  if (!dir) return `the package ${PACKAGE} is not installed`
  if (!existsSync(join(dir, 'lib/napi-v8/tfjs_binding.node'))) {
    return `the native binding of ${PACKAGE} is not installed (npm rebuild ${PACKAGE} --ignore-scripts=false fetches it where its download can be reached)`
  }
  return null
}

/** tfjs-node 4.22 calls two functions that Node 23 took out of `util`. */
function mendUtil(): void {
  const gone = util as unknown as Record<string, unknown>
  gone['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined
  gone['isArray'] ??= Array.isArray
}

interface NodeBackend {
  readonly isUsingGpuDevice: boolean
  readonly binding: { readonly TF_Version?: string }
}

async function load(): Promise<Runtime> {
  mendUtil()
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true'
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  require(PACKAGE)
  // The same copies that the binding registered its kernels with: node resolves both to one folder.
  const tf = { ...(await import('@tensorflow/tfjs-core')), ...(await import('@tensorflow/tfjs-layers')) }
  await tf.setBackend('tensorflow')
  await tf.ready()
  const backend = tf.backend() as unknown as NodeBackend
  const version = backend.binding.TF_Version ?? 'of unknown version'
  return {
    name: 'tensorflow',
    device: `${backend.isUsingGpuDevice ? 'GPU' : 'CPU'}, TensorFlow ${version}`,
    tfjs: tf.version_core,
    tf,
  }
}

export const tensorflow: Backend = { name: 'tensorflow', title: 'TensorFlow (native)', obstacle, load }
