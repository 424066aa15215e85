/**
 * Adam and, with weight decay in the pipeline, AdamW. Keras folds the bias corrections into the learning rate, so that
 * epsilon stands beside a root that is not corrected.
 */
import type { OptimizerOf } from '../../../../contract/experiment/optimizer.ts'
import { f32, oneMinus, power } from './float32.ts'
import { moveTowards, named, type UpdateRule } from './update-rule.ts'

export function adam({ beta1, beta2, epsilon, amsgrad }: OptimizerOf<'adam'> | OptimizerOf<'adamw'>): UpdateRule {
  const names = ['momentum', 'velocity', ...(amsgrad ? ['velocityHat'] : [])]
  return {
    slots: names.map((name) => ({ name, initial: 0 })),
    scalars(t, learningRate) {
      const root = f32(Math.sqrt(oneMinus(power(beta2, t))))
      return { learningRate, alpha: f32(f32(f32(learningRate) * root) / oneMinus(power(beta1, t))) }
    },
    update(tf, w, g, slots, s) {
      const momentum = moveTowards(tf, named(slots, 'momentum'), g, 1 - beta1)
      const velocity = moveTowards(tf, named(slots, 'velocity'), tf.square(g), 1 - beta2)
      const velocityHat = amsgrad ? tf.maximum(named(slots, 'velocityHat'), velocity) : null
      const spread = tf.add(tf.sqrt(velocityHat ?? velocity), epsilon)
      return {
        w: tf.sub(w, tf.div(tf.mul(momentum, named(s, 'alpha')), spread)),
        slots: { momentum, velocity, ...(velocityHat && { velocityHat }) },
      }
    },
  }
}
