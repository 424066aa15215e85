/** Models as graphs that serve any number of rows: what the graph gives for three and for a hundred is what the model gives. */
import { beforeAll, expect, it } from 'vitest'
import { buildModel } from '../../../../src/main/engine/models/build-model.ts'
import type { ModelGraph } from '../../../../src/main/engine/models/model-graph.ts'
import type { Tensor } from '../../../../src/main/engine/models/tf.ts'
import type { Runtime } from '../../../../src/main/engine/training/backends/backend.ts'
import { tensorflow } from '../../../../src/main/engine/training/backends/tensorflow.ts'
import { tensorflowBackend } from '../../../../src/main/engine/training/compiled/binding.ts'
import { servingModel } from '../../../../src/main/engine/training/compiled/serving-model.ts'
import { openSession } from '../../../../src/main/engine/training/compiled/session.ts'
import { describeOnTensorflow } from '../../../support/tensorflow.ts'
import { CASES, graphOfCase, GRAPHS } from '../../models/keras-file/layer-cases.ts'

/** Layers whose graph has the number of rows in it, or may have. */
const DEPENDENT = /^(simpleRNN|lstm|gru|bidirectional|conv\dd|layerNormalization|dot .*normalize)/i

describeOnTensorflow('a serving model', () => {
  let runtime: Runtime
  beforeAll(async () => void (runtime = await tensorflow.load()))

  function differences(graph: ModelGraph, below?: number): number[] {
    const { tf } = runtime
    const backend = tensorflowBackend(tf)
    if (backend === null) throw new Error('not on TensorFlow')
    const { model } = buildModel(tf, graph, 3)
    const { nodes, signature } = servingModel(tf, backend, model)
    const session = openSession(backend.binding, nodes)
    const worst = [3, 100].flatMap((rows) => {
      const inputs = graph.inputs.map(({ shape }) =>
        below === undefined
          ? tf.randomNormal([rows, ...shape], 0, 1, 'float32', 5)
          : tf.floor(tf.randomUniform([rows, ...shape], 0, below, 'float32', 5)),
      )
      const wanted = [model.apply(inputs.length === 1 ? (inputs[0] as Tensor) : inputs, { training: false })].flat()
      const got = session.run(
        signature.inputs.map(({ ref }, index) => ({
          name: ref,
          shape: inputs[index]?.shape ?? [],
          values: inputs[index]?.dataSync() as Float32Array,
        })),
        signature.outputs.map(({ ref }) => ref),
      )
      return (wanted as Tensor[]).map((output, index) => {
        const values = Array.from(output.dataSync() as Float32Array)
        expect(got[index]?.length).toBe(values.length)
        return values.reduce((worst, value, at) => Math.max(worst, Math.abs(value - (got[index]?.[at] ?? NaN))), 0)
      })
    })
    session.close()
    return worst
  }

  /** Right, or for those alone refused with what to do. */
  function expectServed(name: string, serve: () => number[]): void {
    if (!DEPENDENT.test(name)) return expect(Math.max(...serve())).toBeLessThan(1e-5)
    try {
      expect(Math.max(...serve())).toBeLessThan(1e-5)
    } catch (error) {
      expect((error as Error).message).toMatch(/depends on the number of rows .*let Keras export that/)
    }
  }

  it.each(CASES)('$name', (of) => {
    expectServed(of.name, () => differences(graphOfCase(of), of.below))
  })

  it.each(GRAPHS)('$name', ({ name, graph }) => {
    expectServed(name, () => differences(graph))
  })
})
