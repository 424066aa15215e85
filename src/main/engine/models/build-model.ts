/** From the graph of an experiment to a TensorFlow.js model with its first weights drawn. */
import { MinimaError } from '../../../contract/errors.ts'
import { createRandom, deriveSeed, STREAM } from '../data/random.ts'
import type { Weight } from './layer-kind.ts'
import { buildLayer, weightsOf } from './layer-kinds.ts'
import type { GraphValue, ModelGraph } from './model-graph.ts'
import { createStepCounter, type StepCounter } from './step-counter.ts'
import type { LayersModel, SymbolicTensor, Tf, TfLayer } from './tf.ts'
import { traceShapes } from './trace-shapes.ts'
import { applyWeightRules } from './weight-rules.ts'

export interface BuiltModel {
  readonly graph: ModelGraph
  /** A Sequential where the graph is a chain. Optimizer and loss are not the model's: it is never compiled. */
  readonly model: LayersModel
  /** By node; shared ones several times. */
  readonly layers: readonly TfLayer[]
}

/**
 * First weights, dropout and noise depend on `seed` and the layers alone, not on the backend; layers draw apart from each
 * other. Noise is drawn by `counter`, which whoever takes the steps keeps.
 *
 * @param texts what the numbers of text columns stand for
 * @throws MinimaError `experiment-invalid` when a layer cannot take what it is given
 */
export function buildModel(
  tf: Tf,
  graph: ModelGraph,
  seed: number,
  counter: StepCounter = createStepCounter(),
  texts?: readonly string[],
): BuiltModel {
  const { given, fault } = traceShapes(graph)
  if (fault) throw new MinimaError('experiment-invalid', `model.layers[${fault.layer}]: ${fault.error.message}`)
  const layers: TfLayer[] = []
  for (const [index, { name, spec, owner }] of graph.nodes.entries()) {
    const shape = given[index]?.[0] ?? []
    const args = { name, ...(graph.isChain && index === 0 && { inputShape: [...shape] }) }
    const context = { seed: deriveSeed(seed, STREAM.dropout, index), counter, texts }
    layers.push(layers[owner] ?? buildLayer(tf, spec, args, context, shape))
  }
  const model = graph.isChain ? chain(tf, layers) : connected(tf, graph, layers)
  for (const [index, { spec, owner }] of graph.nodes.entries()) {
    const layer = layers[index]
    if (owner !== index || layer === undefined) continue
    setFirstWeights(tf, layer, weightsOf(spec, given[index]?.[0] ?? []), deriveSeed(seed, STREAM.weights, index))
  }
  return { graph, model, layers }
}

function chain(tf: Tf, layers: readonly TfLayer[]): LayersModel {
  const sequential = tf.sequential()
  for (const layer of layers) sequential.add(layer)
  return sequential
}

function connected(tf: Tf, { inputs, nodes, outputs }: ModelGraph, layers: readonly TfLayer[]): LayersModel {
  const symbols = inputs.map(({ name, shape }) => tf.input({ name, shape: [...shape] }))
  const results: SymbolicTensor[] = []
  const symbolOf = (value: GraphValue): SymbolicTensor =>
    ('input' in value ? symbols[value.input] : results[value.node]) as SymbolicTensor
  for (const [index, { from }] of nodes.entries()) {
    const [first, ...others] = from.map(symbolOf)
    const taken = others.length === 0 ? first : [first, ...others]
    results.push(layers[index]?.apply(taken as SymbolicTensor) as SymbolicTensor)
  }
  return tf.model({ inputs: symbols, outputs: outputs.map(({ node }) => results[node] as SymbolicTensor) })
}

/** Draws the weights of a layer that is built. */
export function setFirstWeights(tf: Tf, layer: TfLayer, weights: readonly Weight[], seed: number): void {
  if (weights.length === 0) return
  applyWeightRules(tf, layer, weights)
  const random = createRandom(seed)
  tf.tidy(() => {
    layer.setWeights(weights.map(({ shape, draw }) => tf.tensor(draw(shape, random), [...shape])))
  })
}
