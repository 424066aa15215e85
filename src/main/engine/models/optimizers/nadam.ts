/** Nadam: Adam with Nesterov's momentum, whose strength grows over the updates. */
import type { OptimizerOf } from '../../../../contract/experiment/optimizer.ts'
import { f32, oneMinus, power } from './float32.ts'
import { moveTowards, named, type UpdateRule } from './update-rule.ts'

export function nadam({ beta1, beta2, epsilon }: OptimizerOf<'nadam'>): UpdateRule {
  /** The strength of the momentum in update `t`. */
  const strength = (t: number): number => f32(f32(beta1) * oneMinus(f32(0.5 * power(0.96, t))))
  const productOf = createProduct((t) => strength(t))
  return {
    slots: [
      { name: 'momentum', initial: 0 },
      { name: 'velocity', initial: 0 },
    ],
    scalars(t, learningRate) {
      const product = productOf(t)
      const next = strength(t + 1)
      return {
        learningRate,
        momentumShare: f32(next / oneMinus(f32(product * next))),
        gradientShare: f32(oneMinus(strength(t)) / oneMinus(product)),
        velocityCorrection: oneMinus(power(beta2, t)),
      }
    },
    update(tf, w, g, slots, s) {
      const momentum = moveTowards(tf, named(slots, 'momentum'), g, oneMinus(beta1))
      const velocity = moveTowards(tf, named(slots, 'velocity'), tf.square(g), oneMinus(beta2))
      const ahead = tf.add(tf.mul(momentum, named(s, 'momentumShare')), tf.mul(g, named(s, 'gradientShare')))
      const spread = tf.add(tf.sqrt(tf.div(velocity, named(s, 'velocityCorrection'))), epsilon)
      return {
        w: tf.sub(w, tf.div(tf.mul(ahead, named(s, 'learningRate')), spread)),
        slots: { momentum, velocity },
      }
    },
  }
}

/** Of the factors 1 … t. Goes on from the last `t` asked for; a lower one starts over, and 0 stays 0. */
function createProduct(factor: (t: number) => number): (t: number) => number {
  let at = 0
  let product = 1
  return (t) => {
    if (t < at) {
      at = 0
      product = 1
    }
    while (at < t && product > 0) {
      at++
      product = f32(product * factor(at))
    }
    at = Math.max(at, t)
    return product
  }
}
