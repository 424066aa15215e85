/** Models of graphs with weights that are all unlike, and what they predict. */
import { createRandom } from '../../../../src/main/engine/data/random.ts'
import { buildModel, type BuiltModel } from '../../../../src/main/engine/models/build-model.ts'
import type { ModelGraph } from '../../../../src/main/engine/models/model-graph.ts'
import type { Tensor } from '../../../../src/main/engine/models/tf.ts'
import { tf } from '../load-tf.ts'

const ROWS = 4

/** Weights around 0.5, so that those which stand for a variance are above 0. */
export function buildWithWeights(graph: ModelGraph): BuiltModel {
  const built = buildModel(tf, graph, 1)
  const random = createRandom(7)
  built.model.setWeights(
    built.model.getWeights().map((weight) =>
      tf.tensor(
        Float32Array.from({ length: weight.size }, () => (weight.rank === 0 ? 3 : 0.2 + 0.8 * random.nextFloat())),
        weight.shape,
      ),
    ),
  )
  return built
}

export interface Numbers {
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

/** One for each input. */
export function inputsOf(graph: ModelGraph, below?: number): Numbers[] {
  const random = createRandom(3)
  return graph.inputs.map(({ shape }) => {
    const whole = [ROWS, ...shape]
    const length = whole.reduce((product, size) => product * size, 1)
    const draw = (): number => (below === undefined ? random.nextNormal() : Math.floor(random.nextFloat() * below))
    return { shape: whole, values: Array.from({ length }, draw).map(Math.fround) }
  })
}

/** Of each output. */
export function predict({ model }: BuiltModel, inputs: readonly Numbers[]): number[][] {
  return tf.tidy(() => {
    const tensors = inputs.map(({ shape, values }) => tf.tensor([...values], [...shape], 'float32'))
    const outputs = model.predict(tensors.length === 1 ? (tensors[0] as Tensor) : tensors)
    return [outputs].flat().map((output) => Array.from(output.dataSync()))
  })
}

/** The greatest difference, against the greatest number where that is above 1. */
export function distance(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length) return Infinity
  const scale = Math.max(1, ...theirs.map(Math.abs))
  return Math.max(...ours.map((value, at) => Math.abs(value - (theirs[at] ?? NaN)))) / scale
}
