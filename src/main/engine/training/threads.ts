/** How many threads TensorFlow computes with: it must be told before it is loaded, so the experiment alone decides. */
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import { sizeOf } from '../models/layer-kind.ts'
import { weightsOf } from '../models/layer-kinds.ts'
import { resolveGraph, type GraphData } from '../models/model-graph.ts'
import { traceShapes } from '../models/trace-shapes.ts'

/**
 * Multiplications of a step below which a second thread costs more than it brings: handing a matrix product of some
 * microseconds from thread to thread takes as long as the product. Measured with 784-300-100-10, whose steps take 0.21 ms on
 * one thread and 0.27 on two at batch 32, 0.64 and 0.51 at 128, 2.2 and 1.6 at 512.
 */
const WORTH_A_THREAD = 25e6

const VARIABLE = 'TF_NUM_INTRAOP_THREADS'

/** Sets what TensorFlow reads when it is loaded, unless somebody has set it already. */
export function chooseThreads(experiment: Experiment, data: GraphData): void {
  if (process.env[VARIABLE] === undefined && workOf(experiment, data) < WORTH_A_THREAD) process.env[VARIABLE] = '1'
}

/** About how many multiplications the forward pass of a batch takes: each weight once for each place it is used at. */
export function workOf({ model, fit }: Experiment, data: GraphData): number {
  const { graph } = resolveGraph(model, data)
  const { given, gives } = traceShapes(graph)
  const perRow = graph.nodes.map(({ spec: layer }, index) => {
    const input = given[index]?.[0] ?? []
    const output = gives[index] ?? []
    const weights = weightsOf(layer, input).reduce((sum, { shape }) => sum + (shape.length > 1 ? sizeOf(shape) : 0), 0)
    if (layer.type === 'embedding') return sizeOf(output)
    // Recurrent layers use all weights at each step of the input; others at each place of the output.
    const places = layer.type.match(/rnn|lstm|gru/i) ? (input[0] ?? 1) : sizeOf(output.slice(0, -1))
    return weights * places
  })
  return fit.batchSize * perRow.reduce((sum, work) => sum + work, 0)
}
