/**
 * TensorFlow.js's optimizers with Keras's settings, all passed explicitly.
 *
 * Where their rules still differ from Keras: momentum is `acc = m acc + g; w -= lr acc` (the same while the rate is
 * constant); Adam and Adamax add epsilon after the bias correction, Keras before; RMSprop's centered variance subtracts
 * epsilon; Adadelta divides by the gradients' accumulator as it was before the step, so that its first steps are as long
 * as the gradient. Adagrad has epsilon 1e-7 built in.
 */
import type { OptimizerSpec } from '../../../contract/experiment/fit.ts'
import type { Optimizer, Tf } from './tf.ts'

export function createOptimizer(tf: Tf, spec: OptimizerSpec): Optimizer {
  switch (spec.type) {
    case 'sgd':
      if (spec.momentum === 0) return tf.train.sgd(spec.learningRate)
      return tf.train.momentum(spec.learningRate, spec.momentum, spec.nesterov)
    case 'rmsprop':
      return tf.train.rmsprop(spec.learningRate, spec.rho, spec.momentum, spec.epsilon, spec.centered)
    case 'adagrad':
      return tf.train.adagrad(spec.learningRate, spec.initialAccumulatorValue)
    case 'adadelta':
      return tf.train.adadelta(spec.learningRate, spec.rho, spec.epsilon)
    case 'adam':
      return tf.train.adam(spec.learningRate, spec.beta1, spec.beta2, spec.epsilon)
    case 'adamax':
      return tf.train.adamax(spec.learningRate, spec.beta1, spec.beta2, spec.epsilon, 0)
  }
}
