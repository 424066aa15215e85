/** What a layer's weights cost and how they are held, once the layer is built. */
import type { Regularizer } from '../../../contract/experiment/layers/weights.ts'
import { constrainBy, type Constrain } from './constraints.ts'
import type { Weight } from './layer-kind.ts'
import { penaltyOf } from './regularizers.ts'
import type { Scalar, Tensor, Tf, TfLayer, Variable } from './tf.ts'

const constraints = new WeakMap<Variable, Constrain>()

/** Of a variable; undefined when it may take any values. */
export function constraintOf(variable: Variable): Constrain | undefined {
  return constraints.get(variable)
}

/** Penalties become losses of the layer; what is not trained costs nothing, as in Keras. */
export function applyWeightRules(tf: Tf, layer: TfLayer, weights: readonly Weight[]): void {
  const built = layer.weights
  for (const [index, { trainable, regularizer, constraint }] of weights.entries()) {
    const variable = built[index]?.read() as Variable | undefined
    if (variable === undefined || !trainable) continue
    if (regularizer) layer.addLoss(() => penaltyOf(regularizer)(tf, variable))
    if (constraint) constraints.set(variable, constrainBy(tf, constraint))
  }
}

/** What the layer gives costs `regularizer`, per row; told with its losses, of all calls since they were last asked for. */
export function chargeOutput(tf: Tf, layer: TfLayer, regularizer: Regularizer): void {
  let told: Tensor[] = []
  const call = layer.call.bind(layer)
  layer.call = (inputs, kwargs) => {
    const output = call(inputs, kwargs)
    const [first] = [output].flat()
    // What a prediction left behind is gone by now.
    told = told.filter((penalty) => !penalty.isDisposed)
    if (first) told.push(tf.div(penaltyOf(regularizer)(tf, first), first.shape[0] ?? 1))
    return output
  }
  layer.addLoss(() => {
    const sum = told.length === 0 ? tf.scalar(0) : tf.addN(told)
    told = []
    return sum as Scalar
  })
}
