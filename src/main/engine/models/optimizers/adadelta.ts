/** Adadelta: steps as long as the recent ones were, beside the recent gradients. */
import type { OptimizerOf } from '../../../../contract/experiment/optimizer.ts'
import type { Tensor } from '../tf.ts'
import { movingMean, named, type UpdateRule } from './update-rule.ts'

export function adadelta({ rho, epsilon }: OptimizerOf<'adadelta'>): UpdateRule {
  return {
    slots: [
      { name: 'accumulatedGrad', initial: 0 },
      { name: 'accumulatedDeltaVar', initial: 0 },
    ],
    scalars: (_t, learningRate) => ({ learningRate }),
    update(tf, w, g, slots, s) {
      const rootMean = (squares: Tensor): Tensor => tf.sqrt(tf.add(squares, epsilon))
      const deltas = named(slots, 'accumulatedDeltaVar')
      const accumulatedGrad = movingMean(tf, rho, named(slots, 'accumulatedGrad'), tf.square(g))
      const delta = tf.div(tf.mul(rootMean(deltas), g), rootMean(accumulatedGrad))
      return {
        w: tf.sub(w, tf.mul(named(s, 'learningRate'), delta)),
        slots: { accumulatedGrad, accumulatedDeltaVar: movingMean(tf, rho, deltas, tf.square(delta)) },
      }
    },
  }
}
