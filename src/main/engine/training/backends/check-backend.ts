/** Tries one backend for real: loads it, multiplies two matrices and takes one training step. */
import { MinimaError } from '../../../../contract/errors.ts'
import type { Rung } from '../../../../contract/requests.ts'
import type { Backend, Runtime } from './backend.ts'

export async function checkBackend(backend: Backend): Promise<Rung> {
  const base = { name: backend.name, title: backend.title }
  const obstacle = backend.obstacle()
  if (obstacle) return { ...base, available: false, device: null, reason: obstacle }
  try {
    const runtime = await backend.load()
    multiplyMatrices(runtime)
    takeStep(runtime)
    return { ...base, available: true, device: runtime.device, reason: `works (tfjs ${runtime.tfjs})` }
  } catch (error) {
    return { ...base, available: false, device: null, reason: (error as Error).message.split('\n')[0] ?? 'failed' }
  }
}

function multiplyMatrices({ tf }: Runtime): void {
  const product = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).dataSync()[0])
  if (product !== 11) throw new MinimaError('backend-unavailable', `[1 2]·[3 4] gave ${product}, not 11`)
}

/** One step of w ← w − 0.1 · d(w²)/dw from w = 1 gives 0.8. */
function takeStep({ tf }: Runtime): void {
  const weight = tf.variable(tf.scalar(1))
  tf.train.sgd(0.1).minimize(() => tf.square(weight))
  const after = weight.dataSync()[0] ?? NaN
  weight.dispose()
  if (Math.abs(after - 0.8) > 1e-6) throw new MinimaError('backend-unavailable', `a step of SGD gave ${after}, not 0.8`)
}
