/** tfjs's plain JavaScript backend: slow, and works wherever Node does. */
import type { Backend, Runtime } from './backend.ts'

async function load(): Promise<Runtime> {
  const tf = { ...(await import('@tensorflow/tfjs-core')), ...(await import('@tensorflow/tfjs-layers')) }
  await import('@tensorflow/tfjs-backend-cpu')
  await tf.setBackend('cpu')
  await tf.ready()
  return { name: 'cpu', device: 'CPU, one thread, JavaScript', tfjs: tf.version_core, tf }
}

export const cpu: Backend = { name: 'cpu', title: 'Plain JavaScript', slowdown: 130, obstacle: () => null, load }
