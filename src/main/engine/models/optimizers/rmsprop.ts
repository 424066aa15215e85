/** RMSprop: steps divided by the root of a moving mean of squared gradients, or of their variance when centered. */
import type { OptimizerOf } from '../../../../contract/experiment/optimizer.ts'
import { movingMean, named, type UpdateRule } from './update-rule.ts'

export function rmsprop({ rho, momentum, epsilon, centered }: OptimizerOf<'rmsprop'>): UpdateRule {
  const names = ['velocity', ...(momentum > 0 ? ['momentum'] : []), ...(centered ? ['averageGradient'] : [])]
  return {
    slots: names.map((name) => ({ name, initial: 0 })),
    scalars: (_t, learningRate) => ({ learningRate }),
    update(tf, w, g, slots, s) {
      const velocity = movingMean(tf, rho, named(slots, 'velocity'), tf.square(g))
      const averageGradient = centered ? movingMean(tf, rho, named(slots, 'averageGradient'), g) : null
      const spread = averageGradient === null ? velocity : tf.sub(velocity, tf.square(averageGradient))
      const step = tf.div(tf.mul(named(s, 'learningRate'), g), tf.sqrt(tf.add(spread, epsilon)))
      const pushed = momentum > 0 ? tf.add(tf.mul(named(slots, 'momentum'), momentum), step) : null
      return {
        w: tf.sub(w, pushed ?? step),
        slots: { velocity, ...(pushed && { momentum: pushed }), ...(averageGradient && { averageGradient }) },
      }
    },
  }
}
