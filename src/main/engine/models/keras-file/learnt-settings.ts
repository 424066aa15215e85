/** What layers have learnt that is no weight in Keras's files, as settings of theirs: vocabularies, and boundaries of bins. */
import type { LayerSpec } from '../../../../contract/experiment/layers.ts'
import type { BuiltModel } from '../build-model.ts'
import type { ModelGraph } from '../model-graph.ts'
import type { TfLayer } from '../tf.ts'
import { vocabularyIn } from '../vocabulary.ts'

export function withLearntSettings({ graph, layers }: BuiltModel): ModelGraph {
  const nodes = graph.nodes.map((node, index) => ({ ...node, spec: learnt(node.spec, layers[index]) }))
  return { ...graph, nodes }
}

function learnt(spec: LayerSpec, layer: TfLayer | undefined): LayerSpec {
  if (layer === undefined) return spec
  const tokens = vocabularyIn(layer)?.tokens
  if (tokens) return { ...spec, vocabulary: [...tokens] } as LayerSpec
  if (spec.type !== 'discretization' || spec.numBins === undefined) return spec
  const { numBins: _learnt, ...others } = spec
  return { ...others, binBoundaries: Array.from(layer.getWeights()[0]?.dataSync() ?? []) }
}
