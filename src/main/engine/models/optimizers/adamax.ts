/** Adamax: Adam with the greatest recent gradient in place of the root of their mean square. */
import type { OptimizerOf } from '../../../../contract/experiment/optimizer.ts'
import { oneMinus, power } from './float32.ts'
import { moveTowards, named, type UpdateRule } from './update-rule.ts'

export function adamax({ beta1, beta2, epsilon }: OptimizerOf<'adamax'>): UpdateRule {
  return {
    slots: [
      { name: 'momentum', initial: 0 },
      { name: 'norm', initial: 0 },
    ],
    scalars: (t, learningRate) => ({ learningRate, momentumCorrection: oneMinus(power(beta1, t)) }),
    update(tf, w, g, slots, s) {
      const momentum = moveTowards(tf, named(slots, 'momentum'), g, 1 - beta1)
      const norm = tf.maximum(tf.mul(named(slots, 'norm'), beta2), tf.abs(g))
      const spread = tf.mul(named(s, 'momentumCorrection'), tf.add(norm, epsilon))
      return {
        w: tf.sub(w, tf.div(tf.mul(named(s, 'learningRate'), momentum), spread)),
        slots: { momentum, norm },
      }
    },
  }
}
