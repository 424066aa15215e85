/** Random numbers of a step, from the run's seed and the step's number: the same on every backend. */
import type { NoiseSource } from '../layer-kind.ts'
import { nativeBackend, typeAttr, type NativeBackend } from '../native-ops.ts'
import { fillNormal, fillUniform } from '../philox.ts'
import type { Tensor, Tf } from '../tf.ts'

export type Distribution = 'uniform' | 'normal'

const DISTRIBUTIONS = {
  uniform: { op: 'StatelessRandomUniform', fill: fillUniform },
  normal: { op: 'StatelessRandomNormal', fill: fillNormal },
} as const

/** Of the source's layer at the present step. */
export function draw(tf: Tf, distribution: Distribution, shape: readonly number[], source: NoiseSource): Tensor {
  const native = nativeBackend(tf)
  if (native) return drawNatively(tf, native, distribution, shape, source)
  const numbers = new Float32Array(tf.util.sizeFromShape([...shape]))
  DISTRIBUTIONS[distribution].fill([streamOf(source.seed), source.counter.step], numbers)
  return tf.tensor(numbers, [...shape])
}

function drawNatively(
  tf: Tf,
  native: NativeBackend,
  distribution: Distribution,
  shape: readonly number[],
  { seed, counter: { step, traced } }: NoiseSource,
): Tensor {
  const key = tf.stack([tf.scalar(streamOf(seed), 'int32'), traced ?? tf.scalar(step, 'int32')])
  const attrs = [
    typeAttr(native, 'dtype', 'float32'),
    typeAttr(native, 'T', 'int32'),
    typeAttr(native, 'Tseed', 'int32'),
  ]
  const inputs = [tf.tensor1d([...shape], 'int32'), key]
  return native.executeMultipleOutputs(DISTRIBUTIONS[distribution].op, attrs, inputs, 1)[0] as Tensor
}

/** The seed's 31 low bits: what TensorFlow's int32 seeds hold without a sign. */
function streamOf(seed: number): number {
  return seed & 0x7fffffff
}
