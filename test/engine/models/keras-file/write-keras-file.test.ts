/** `.keras` files that Minima writes, loaded by Keras: every kind of layer, chains and graphs. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { layerWeights } from '../../../../src/main/engine/models/keras-file/layer-weights.ts'
import { encodeKerasFile } from '../../../../src/main/engine/models/keras-file/write-keras-file.ts'
import { useBackend } from '../load-tf.ts'
import { buildWithWeights, distance, inputsOf, predict, type Numbers } from './built-model.ts'
import { describeWithKeras, PYTHON_TIMEOUT_MS, runKeras, temporaryFolder } from './keras-python.ts'
import { CASES, graphOfCase, GRAPHS } from './layer-cases.ts'

interface Told {
  readonly values?: number[][]
  readonly error?: string
  readonly class?: string
  readonly layers?: string[]
  readonly warnings?: string[]
}

const ALL = [
  ...CASES.map((of) => ({ name: of.name, graph: graphOfCase(of), below: of.below })),
  ...GRAPHS.map(({ name, graph }) => ({ name, graph, below: undefined })),
].map((of, index) => ({ ...of, file: `${index}.keras` }))

describeWithKeras('Keras loads what Minima writes', () => {
  const folder = temporaryFolder()
  const ours = new Map<string, number[][]>()
  let theirs: Record<string, Told> = {}

  beforeAll(async () => {
    await useBackend('cpu')
    const inputs: Record<string, Numbers[]> = {}
    for (const { file, graph, below } of ALL) {
      const built = buildWithWeights(graph)
      const given = inputsOf(graph, below)
      inputs[file] = given
      ours.set(file, predict(built, given))
      const octets = await encodeKerasFile({ graph, weights: layerWeights(built), compileConfig: null })
      writeFileSync(join(folder.dir, file), octets)
    }
    writeFileSync(join(folder.dir, 'inputs.json'), JSON.stringify(inputs))
    await runKeras('predict-all.py', folder.dir)
    theirs = JSON.parse(readFileSync(join(folder.dir, 'outputs.json'), 'utf8')) as typeof theirs
  }, PYTHON_TIMEOUT_MS)
  afterAll(() => folder.delete())

  it.each(ALL)('$name', ({ file, graph }) => {
    const { error, values = [], warnings, ...told } = theirs[file] ?? {}
    expect({ error, warnings, class: told.class }).toEqual({
      error: undefined,
      warnings: [],
      class: graph.isChain ? 'Sequential' : 'Functional',
    })
    const distances = (ours.get(file) ?? []).map((own, output) => distance(own, values[output] ?? []))
    expect(Math.max(...distances)).toBeLessThan(1e-5)
  })
})
