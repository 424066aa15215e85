/** TensorFlow.js for tests, on the backends that every machine has. */
import * as core from '@tensorflow/tfjs-core'
import * as layers from '@tensorflow/tfjs-layers'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import type { Tf } from '../../../src/main/engine/models/tf.ts'

export const tf: Tf = { ...core, ...layers }

export const BACKENDS = ['cpu', 'wasm'] as const

export async function useBackend(name: (typeof BACKENDS)[number]): Promise<void> {
  await tf.setBackend(name)
  await tf.ready()
}
