/** Tries one backend for real: loads it, multiplies two matrices, convolves an image and takes one training step. */
import { MinimaError } from '../../../../contract/errors.ts'
import type { Rung } from '../../../../contract/requests.ts'
import type { Backend, Runtime } from './backend.ts'
import { whyNoDevice } from './cuda-device.ts'
import { libraryDir, readSetup, setupCommand } from './tensorflow-home.ts'

/** What `--check` prints. */
export interface BackendCheck extends Rung {
  /** Why TensorFlow with CUDA trains on the CPU; null when it does not, or was not to use a GPU. */
  readonly noDevice: string | null
}

export async function checkBackend(backend: Backend): Promise<BackendCheck> {
  const base = { name: backend.name, title: backend.title, noDevice: null }
  const obstacle = backend.obstacle()
  if (obstacle) return { ...base, available: false, device: null, reason: obstacle }
  try {
    const runtime = await backend.load()
    multiplyMatrices(runtime)
    convolve(runtime)
    takeStep(runtime)
    const noDevice = missingDevice(runtime)
    const reason = `works (tfjs ${runtime.tfjs})${noDevice ? `; no CUDA device: ${noDevice}` : ''}`
    return { ...base, available: true, device: runtime.device, reason, noDevice }
  } catch (error) {
    const message = (error as Error).message.split('\n')[0] ?? 'failed'
    return { ...base, available: false, device: null, reason: `${message}${mend(backend)}` }
  }
}

function multiplyMatrices({ tf }: Runtime): void {
  const product = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).dataSync()[0])
  if (product !== 11) throw new MinimaError('backend-unavailable', `[1 2]·[3 4] gave ${product}, not 11`)
}

/** Ones of 2 × 2 over 1…9 give the sums of its four corners. */
function convolve({ tf }: Runtime): void {
  const sums = tf.tidy(() => {
    const image = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1])
    return [...tf.conv2d(image, tf.ones([2, 2, 1, 1]) as never, 1, 'valid').dataSync()].join(' ')
  })
  if (sums !== '12 16 24 28')
    throw new MinimaError('backend-unavailable', `a convolution gave ${sums}, not 12 16 24 28`)
}

/** One step of w ← w − 0.1 · d(w²)/dw from w = 1 gives 0.8. */
function takeStep({ tf }: Runtime): void {
  const weight = tf.variable(tf.scalar(1))
  tf.train.sgd(0.1).minimize(() => tf.square(weight))
  const after = weight.dataSync()[0] ?? NaN
  weight.dispose()
  if (Math.abs(after - 0.8) > 1e-6) throw new MinimaError('backend-unavailable', `a step of SGD gave ${after}, not 0.8`)
}

function missingDevice({ name, device }: Runtime): string | null {
  const setup = name === 'tensorflow' ? readSetup() : null
  if (setup?.flavor !== 'cuda' || device.startsWith('GPU')) return null
  return whyNoDevice(libraryDir(setup))
}

function mend({ name }: Backend): string {
  const setup = name === 'tensorflow' ? readSetup() : null
  return setup ? ` (\`${setupCommand(setup.flavor)}\` sets it up anew)` : ''
}
