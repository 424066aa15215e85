/** Loads tfjs-node's backend over the TensorFlow that was set up. Once per process; never in a worker thread. */
import { createRequire } from 'node:module'
import util from 'node:util'
import type { Runtime } from './backend.ts'
import { TFJS_NODE } from './tensorflow-home.ts'
import { installTensorflowKernels } from './tensorflow-kernels.ts'

const require = createRequire(import.meta.url)

/** tfjs-node 4.22 calls two functions that Node 23 took out of `util`. */
function mendUtil(): void {
  const gone = util as unknown as Record<string, unknown>
  gone['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined
  gone['isArray'] ??= Array.isArray
}

/**
 * Takes tfjs-node's backend and kernels without its index, which would look for the binding in node_modules. The kernels
 * register with the one copy of tfjs-core that is imported here.
 *
 * @param binding path of the native module
 * @throws what the dynamic linker or TensorFlow said
 */
export async function loadTensorflow(binding: string): Promise<Runtime> {
  mendUtil()
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true'
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  const tf = { ...(await import('@tensorflow/tfjs-core')), ...(await import('@tensorflow/tfjs-layers')) }
  const native = require(binding) as { readonly TF_Version?: string }
  const { NodeJSKernelBackend } = require(`${TFJS_NODE}/dist/nodejs_kernel_backend`) as NodeBackendModule
  require(`${TFJS_NODE}/dist/register_all_kernels`)
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(native, TFJS_NODE) as never, 3)
  if (!(await tf.setBackend('tensorflow'))) throw new Error('TensorFlow did not start')
  await tf.ready()
  installTensorflowKernels(tf)
  const { isUsingGpuDevice } = tf.backend() as unknown as { readonly isUsingGpuDevice: boolean }
  return {
    name: 'tensorflow',
    device: `${isUsingGpuDevice ? 'GPU' : 'CPU'}, TensorFlow ${native.TF_Version ?? 'of unknown version'}`,
    tfjs: tf.version_core,
    tf,
  }
}

interface NodeBackendModule {
  readonly NodeJSKernelBackend: new (binding: unknown, packageName: string) => object
}
