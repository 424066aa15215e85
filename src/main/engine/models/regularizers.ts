/** Keras's penalties on weights and on what layers give. */
import type { Regularizer } from '../../../contract/experiment/layers/weights.ts'
import type { Scalar, Tensor, Tf } from './tf.ts'

type Penalty = (tf: Tf, values: Tensor) => Scalar

function l1l2(l1: number, l2: number): Penalty {
  return (tf, values) => {
    const absolute = (): Tensor => tf.mul(tf.sum(tf.abs(values)), l1)
    const squares = (): Tensor => tf.mul(tf.sum(tf.square(values)), l2)
    if (l1 === 0) return squares() as Scalar
    return (l2 === 0 ? absolute() : tf.add(absolute(), squares())) as Scalar
  }
}

/** Half the mean of |cosine| of all pairs of rows or columns, times two: Keras's formula as it is. */
function orthogonal(factor: number, mode: 'rows' | 'columns'): Penalty {
  return (tf, values) => {
    const rows = mode === 'rows' ? values : tf.transpose(values)
    const count = rows.shape[0] ?? 1
    const lengths = tf.sqrt(tf.maximum(tf.sum(tf.square(rows), 1, true), 1e-12))
    const units = tf.div(rows, lengths)
    const cosines = tf.mul(tf.matMul(units as never, units as never, false, true), tf.sub(1, tf.eye(count)))
    const pairs = (count * (count - 1)) / 2
    return tf.mul(tf.sum(tf.abs(cosines)), (factor * 0.5) / pairs) as Scalar
  }
}

export function penaltyOf(regularizer: Regularizer): Penalty {
  if (typeof regularizer === 'string') {
    const byName = { l1: l1l2(0.01, 0), l2: l1l2(0, 0.01), l1l2: l1l2(0, 0), orthogonal: orthogonal(0.01, 'rows') }
    return byName[regularizer]
  }
  if (!('type' in regularizer)) return l1l2(regularizer.l1, regularizer.l2)
  switch (regularizer.type) {
    case 'l1':
      return l1l2(regularizer.l1, 0)
    case 'l2':
      return l1l2(0, regularizer.l2)
    case 'l1l2':
      return l1l2(regularizer.l1, regularizer.l2)
    case 'orthogonal':
      return orthogonal(regularizer.factor, regularizer.mode)
  }
}
