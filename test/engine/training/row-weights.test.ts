/** How much rows count in the loss: as a column of the data says, times what their class counts, as Keras has it. */
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { experiment as experimentSchema, type ExperimentInput } from '../../../src/contract/experiment/experiment.ts'
import { loadBackend } from '../../../src/main/engine/training/backends/ladder.ts'
import { prepareTraining } from '../../../src/main/engine/training/prepare-training.ts'

const ROWS: (number | string)[][] = Array.from({ length: 12 }, (_, row) => [
  row / 12,
  row % 2 ? 'odd' : 'even',
  row / 4,
])

function prepare(data: Partial<ExperimentInput['data']> & object, fit: Partial<ExperimentInput['fit']> = {}) {
  const experiment = experimentSchema.parse({
    data: { source: 'inline', columns: ['a', 'y', 'w'], target: 'y', rows: ROWS, ...data },
    split: { validation: 3, shuffle: true },
    model: { layers: [{ type: 'dense', units: 1, activation: 'sigmoid' }] },
    fit: { loss: 'binaryCrossentropy', weightedMetrics: ['accuracy'], batchSize: 4, ...fit },
  })
  const job = { type: 'start', experiment, baseDir: tmpdir(), weightsDir: tmpdir() } as const
  return loadBackend('wasm').then(({ runtime }) => prepareTraining(job, runtime))
}

test('a column says it, and is no feature', async () => {
  const { rowWeights, data } = await prepare({ weights: 'w' })
  expect(data.shape.featureNames).toEqual(['a'])
  const features = 'features' in data.train.table ? data.train.table.features : []
  // a is a third of w, row by row, whatever order the rows are in.
  const wanted = Array.from(data.train.rowNumbers ?? [], (row) => 3 * (features[row] ?? NaN))
  expect(Array.from(rowWeights as Float32Array)).toEqual(wanted.map((value) => expect.closeTo(value, 5) as number))
})

test('the weight of the class multiplies it', async () => {
  const [alone, both] = [await prepare({ weights: 'w' }), await prepare({ weights: 'w' }, { classWeight: { odd: 3 } })]
  const labels = Array.from(both.data.train.rowNumbers ?? [], (row) => row % 2)
  expect(Array.from(both.rowWeights as Float32Array)).toEqual(
    Array.from(alone.rowWeights as Float32Array, (weight, at) => weight * (labels[at] ? 3 : 1)),
  )
})

test('rows that count nothing teach nothing', async () => {
  const rows = ROWS.map(([a = 0, y = ''], row) => [a, y, row % 2])
  const weighed = await prepare({ weights: 'w', rows } as never)
  const { losses } = weighed.steps.train(Int32Array.of(0, 1, 2, 3), true)
  const odd = weighed.data.train.rowNumbers?.subarray(0, 4).filter((row) => row % 2 === 1).length ?? 0
  expect(odd).toBeGreaterThan(0)
  expect(losses[0]).toBeGreaterThan(0)
  const none = await prepare({ weights: 'w', rows: rows.map(([a, y]) => [a, y, 0]) } as never)
  expect(none.steps.train(Int32Array.of(0, 1, 2, 3), true).losses[0]).toBe(0)
  expect([...none.steps.readGradients().values()].flatMap((of) => [...of]).every((value) => value === 0)).toBe(true)
})

test.each([
  [{ weights: 'v' }, /there is no column "v"/],
  [{ weights: 'y' }, /"y" says how much rows count; it cannot be a feature or the target too/],
  [
    {
      weights: 'w',
      rows: [
        [0, 'even', 1],
        [1, 'odd', -2],
      ],
    },
    /row 2, column "w": a row cannot count -2; expected 0 or more/,
  ],
])('%j is refused', async (data, message) => {
  await expect(prepare(data as never)).rejects.toThrow(message)
})
