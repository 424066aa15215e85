/** Follow the regularized leader: weights are worked out anew from sums over all gradients, many of them exactly 0. */
import type { OptimizerOf } from '../../../../contract/experiment/optimizer.ts'
import type { Tensor, Tf } from '../tf.ts'
import { f32 } from './float32.ts'
import { named, type UpdateRule } from './update-rule.ts'

export function ftrl(spec: OptimizerOf<'ftrl'>): UpdateRule {
  const { beta, learningRatePower, l1RegularizationStrength: l1 } = spec
  const shrinkage = 2 * spec.l2ShrinkageRegularizationStrength
  return {
    slots: [
      { name: 'accumulator', initial: spec.initialAccumulatorValue },
      { name: 'linear', initial: 0 },
    ],
    scalars(_t, learningRate) {
      const l2 = f32(spec.l2RegularizationStrength + (beta === 0 ? 0 : f32(beta / f32(2 * f32(learningRate)))))
      return { learningRate, l2: f32(2 * l2) }
    },
    update(tf, w, g, slots, s) {
      const rate = named(s, 'learningRate')
      const before = named(slots, 'accumulator')
      const shrunk = shrinkage === 0 ? g : tf.add(g, tf.mul(w, shrinkage))
      const accumulator = tf.add(before, tf.square(g))
      const root = powerOf(tf, accumulator, -learningRatePower)
      const sigma = tf.div(tf.sub(root, powerOf(tf, before, -learningRatePower)), rate)
      const linear = tf.add(named(slots, 'linear'), tf.sub(shrunk, tf.mul(sigma, w)))
      const quadratic = tf.add(tf.div(root, rate), named(s, 'l2'))
      const pull = l1 === 0 ? tf.neg(linear) : tf.sub(tf.clipByValue(linear, -l1, l1), linear)
      return { w: tf.div(pull, quadratic), slots: { accumulator, linear } }
    },
  }
}

function powerOf(tf: Tf, base: Tensor, exponent: number): Tensor {
  return exponent === 0.5 ? tf.sqrt(base) : tf.pow(base, exponent)
}
