/** Gradient descent, with momentum or Nesterov's. */
import type { OptimizerOf } from '../../../../contract/experiment/optimizer.ts'
import { named, type UpdateRule } from './update-rule.ts'

export function sgd({ momentum, nesterov }: OptimizerOf<'sgd'>): UpdateRule {
  const scalars = (_t: number, learningRate: number) => ({ learningRate })
  if (momentum === 0) {
    return {
      slots: [],
      scalars,
      update: (tf, w, g, _slots, s) => ({ w: tf.sub(w, tf.mul(g, named(s, 'learningRate'))), slots: {} }),
    }
  }
  return {
    slots: [{ name: 'momentum', initial: 0 }],
    scalars,
    update(tf, w, g, slots, s) {
      const step = tf.mul(g, named(s, 'learningRate'))
      const velocity = tf.sub(tf.mul(named(slots, 'momentum'), momentum), step)
      const move = nesterov ? tf.sub(tf.mul(velocity, momentum), step) : velocity
      return { w: tf.add(w, move), slots: { momentum: velocity } }
    },
  }
}
