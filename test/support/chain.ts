/** Models that are a chain of layers, without an experiment around them: what most tests of layers are about. */
import { lossDefaults, type LossType } from '../../src/contract/experiment/losses.ts'
import type { LayerSpec } from '../../src/contract/experiment/layers.ts'
import { buildModel } from '../../src/main/engine/models/build-model.ts'
import { createForward, type Forward } from '../../src/main/engine/models/forward.ts'
import type { Shape } from '../../src/main/engine/models/layer-kind.ts'
import { resolveGraph, type ModelGraph } from '../../src/main/engine/models/model-graph.ts'
import type { StepCounter } from '../../src/main/engine/models/step-counter.ts'
import type { LayersModel, Tensor, Tf } from '../../src/main/engine/models/tf.ts'

export function chainOf(layers: readonly LayerSpec[], inputShape: Shape): ModelGraph {
  return resolveGraph({ layers: [...layers] }, { featureShape: inputShape, featureNames: null }).graph
}

export function buildChain(
  tf: Tf,
  layers: readonly LayerSpec[],
  inputShape: Shape,
  seed: number,
  counter?: StepCounter,
): LayersModel {
  return buildModel(tf, chainOf(layers, inputShape), seed, counter).model
}

/** The forward pass of one input and one output. */
export interface ChainForward extends Pick<Forward, 'trainable' | 'penalty'> {
  readonly fromLogits: boolean
  output(x: Tensor, training: boolean): Tensor
  activate(output: Tensor): Tensor
  predict(x: Tensor): Tensor
}

export function chainForward(tf: Tf, model: LayersModel, layers: readonly LayerSpec[], loss: LossType): ChainForward {
  const graph = chainOf(layers, (model.inputs[0]?.shape.slice(1) ?? []) as number[])
  const forward = createForward(tf, { graph, model, layers: model.layers }, [lossDefaults(loss)])
  const output = (x: Tensor, training: boolean): Tensor => forward.outputs(x, training)[0] as Tensor
  const activate = (value: Tensor): Tensor => forward.activate([value])[0] as Tensor
  return {
    ...forward,
    fromLogits: forward.fromLogits[0] ?? false,
    output,
    activate,
    predict: (x) => tf.tidy(() => activate(output(x, false))),
  }
}
