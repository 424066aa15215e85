/** Lion: steps of one length, in the direction of the sign of a moving mean of gradients. */
import type { OptimizerOf } from '../../../../contract/experiment/optimizer.ts'
import type { Tensor, Tf } from '../tf.ts'
import { oneMinus } from './float32.ts'
import { named, type UpdateRule } from './update-rule.ts'

export function lion({ beta1, beta2 }: OptimizerOf<'lion'>): UpdateRule {
  return {
    slots: [{ name: 'momentum', initial: 0 }],
    scalars: (_t, learningRate) => ({ learningRate }),
    update(tf, w, g, slots, s) {
      const before = named(slots, 'momentum')
      const mixed = (beta: number): Tensor => tf.add(tf.mul(before, beta), tf.mul(g, oneMinus(beta)))
      return {
        w: tf.sub(w, tf.mul(named(s, 'learningRate'), signOf(tf, mixed(beta1)))),
        slots: { momentum: mixed(beta2) },
      }
    },
  }
}

/** The least normal number of float32, rounded up. */
const LEAST = 1.2e-38

/** As `tf.sign`, which on WebAssembly takes small numbers for 0. */
function signOf(tf: Tf, tensor: Tensor): Tensor {
  return tf.div(tensor, tf.maximum(tf.abs(tensor), LEAST))
}
