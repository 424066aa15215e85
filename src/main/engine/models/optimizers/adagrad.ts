/** Adagrad: steps divided by the root of the sum of all squared gradients. */
import type { OptimizerOf } from '../../../../contract/experiment/optimizer.ts'
import { named, type UpdateRule } from './update-rule.ts'

export function adagrad({ initialAccumulatorValue, epsilon }: OptimizerOf<'adagrad'>): UpdateRule {
  return {
    slots: [{ name: 'accumulator', initial: initialAccumulatorValue }],
    scalars: (_t, learningRate) => ({ learningRate }),
    update(tf, w, g, slots, s) {
      const accumulator = tf.add(named(slots, 'accumulator'), tf.square(g))
      const step = tf.div(tf.mul(named(s, 'learningRate'), g), tf.sqrt(tf.add(accumulator, epsilon)))
      return { w: tf.sub(w, step), slots: { accumulator } }
    },
  }
}
