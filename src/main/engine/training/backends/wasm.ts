/** tfjs's WebAssembly backend: one thread, SIMD where the machine has it, comes with `npm ci` alone. */
import type { Backend, Runtime } from './backend.ts'

async function load(): Promise<Runtime> {
  const tf = { ...(await import('@tensorflow/tfjs-core')), ...(await import('@tensorflow/tfjs-layers')) }
  await import('@tensorflow/tfjs-backend-wasm')
  if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly module did not start')
  await tf.ready()
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')
  return {
    name: 'wasm',
    device: `CPU, one thread, ${simd ? 'SIMD' : 'no SIMD'}`,
    tfjs: tf.version_core,
    tf,
  }
}

export const wasm: Backend = { name: 'wasm', title: 'WebAssembly', slowdown: 30, obstacle: () => null, load }
