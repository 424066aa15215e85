/** From the layers of an experiment to a TensorFlow.js model with its first weights drawn. */
import { MinimaError } from '../../../contract/errors.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import { createRandom, deriveSeed, STREAM } from '../data/random.ts'
import type { Shape, Weight } from './layer-kind.ts'
import { buildLayer, layerNames, weightsOf } from './layer-kinds.ts'
import { createStepCounter, type StepCounter } from './step-counter.ts'
import type { Sequential, Tf, TfLayer } from './tf.ts'
import { traceShapes } from './trace-shapes.ts'
import { applyWeightRules } from './weight-rules.ts'

/**
 * First weights, dropout and noise depend on `seed` and the layers alone, not on the backend; layers draw apart from each
 * other. Noise is drawn by `counter`, which whoever takes the steps keeps. Optimizer and loss are not the model's: it is never compiled.
 *
 * @param inputShape of one row, without the batch dimension
 * @throws MinimaError `experiment-invalid` when a layer cannot take what the one before it gives
 */
export function buildModel(
  tf: Tf,
  model: Experiment['model'],
  inputShape: Shape,
  seed: number,
  counter: StepCounter = createStepCounter(),
): Sequential {
  const { shapes, fault } = traceShapes(model.layers, inputShape)
  if (fault) throw new MinimaError('experiment-invalid', `model.layers[${fault.layer}]: ${fault.error.message}`)
  const names = layerNames(model.layers)
  const sequential = tf.sequential()
  for (const [index, spec] of model.layers.entries()) {
    const args = { name: names[index] ?? spec.type, ...(index === 0 && { inputShape: [...inputShape] }) }
    const noise = { seed: deriveSeed(seed, STREAM.dropout, index), counter }
    const layer = buildLayer(tf, spec, args, noise, shapes[index] ?? [])
    sequential.add(layer)
    setFirstWeights(tf, layer, weightsOf(spec, shapes[index] ?? []), deriveSeed(seed, STREAM.weights, index))
  }
  return sequential
}

function setFirstWeights(tf: Tf, layer: TfLayer, weights: readonly Weight[], seed: number): void {
  if (weights.length === 0) return
  applyWeightRules(tf, layer, weights)
  const random = createRandom(seed)
  tf.tidy(() => {
    layer.setWeights(weights.map(({ shape, draw }) => tf.tensor(draw(shape, random), [...shape])))
  })
}
