/** What a row holds decides its part: in a file that grew, in another order, in memory and on the disk alike. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ExperimentInput } from '../../../src/contract/experiment/experiment.ts'
import { gatherLabels } from '../../../src/main/engine/data/batches.ts'
import type { Dataset, Split } from '../../../src/main/engine/data/dataset.ts'
import { isOnDisk } from '../../../src/main/engine/data/dataset.ts'
import { inspectData } from '../../../src/main/engine/data/inspect-data.ts'
import { loadDataset } from '../../../src/main/engine/data/load-dataset.ts'
import { rowRange } from '../../../src/main/engine/data/random.ts'
import { experimentOf, failureOf, filesIn, idx, tempDir } from './data-files.ts'

beforeEach(() => void vi.stubEnv('MINIMA_CACHE', tempDir()))
afterEach(() => vi.unstubAllEnvs())

const HEADER = 'person,a,y\n'
const LINES = Array.from({ length: 20_000 }, (_, row) => `p${row % 400},${Math.cos(row).toFixed(6)},${row}`)
const SPLIT: ExperimentInput['split'] = { by: 'hash', validation: 0.1, test: 0.2 }

/** `y` is the number of a row. */
function spec(split: ExperimentInput['split'], memory = '1GB') {
  return experimentOf({
    data: { source: 'csv', file: 'f.csv', target: 'y', features: ['a'], memory },
    split,
    fit: { loss: 'meanSquaredError' },
  })
}

function rowsOf(part: Split | null): number[] {
  const labels = new Float32Array(part?.rows ?? 0)
  if (part) gatherLabels(part, rowRange(part.rows), labels)
  return [...labels]
}

async function load(lines: readonly string[], split = SPLIT, memory?: string): Promise<Dataset> {
  const dir = filesIn({ 'f.csv': `${HEADER}${lines.join('\n')}\n` })
  const dataset = await loadDataset(spec(split, memory), dir)
  if (!isOnDisk(dataset.train.table)) expect(await inspectData(spec(split, memory), dir)).toEqual(dataset.shape)
  return dataset
}

describe('split by hash', () => {
  it('has about the shares that are asked for, and each row in one part', async () => {
    const { train, validation, test, shape } = await load(LINES)
    expect(shape.parts.validation / LINES.length).toBeCloseTo(0.1, 1.5)
    expect(shape.parts.test / LINES.length).toBeCloseTo(0.2, 1.5)
    expect([train, validation, test].flatMap(rowsOf).sort((a, b) => a - b)).toEqual([...rowRange(LINES.length)])
  })

  it('leaves rows in their parts when the file grows, in whatever order', async () => {
    const few = await load(LINES.slice(0, 5_000))
    const many = await load(LINES.toReversed())
    for (const part of ['train', 'validation', 'test'] as const) {
      const now = new Set(rowsOf(many[part]))
      expect(rowsOf(few[part]).filter((row) => !now.has(row))).toEqual([])
    }
  })

  it('is another with another seed', async () => {
    const [one, other] = [await load(LINES), await load(LINES, { ...SPLIT, seed: 1 })]
    const shared = rowsOf(one.test).filter((row) => new Set(rowsOf(other.test)).has(row))
    expect(shared.length / rowsOf(one.test).length).toBeCloseTo(0.2, 1)
  })

  it('keeps what has the same key together', async () => {
    const { test, train } = await load(LINES, { ...SPLIT, key: 'person' })
    const peopleOf = (part: Split | null) => new Set(rowsOf(part).map((row) => row % 400))
    const [tested, trained] = [peopleOf(test), peopleOf(train)]
    expect(tested.size / 400).toBeCloseTo(0.2, 1)
    expect([...tested].filter((person) => trained.has(person))).toEqual([])
  })

  it('has the same parts where rows are on the disk', async () => {
    for (const split of [SPLIT, { ...SPLIT, key: ['person'] }]) {
      const [whole, streamed] = [await load(LINES, split), await load(LINES, split, '50KB')]
      expect([isOnDisk(whole.train.table), isOnDisk(streamed.train.table)]).toEqual([false, true])
      expect(streamed.shape).toEqual(whole.shape)
      for (const part of ['train', 'validation', 'test'] as const) {
        expect(rowsOf(streamed[part])).toEqual(rowsOf(whole[part]))
      }
    }
  })

  it('goes by what images and labels hold too', async () => {
    const images = Array.from({ length: 300 }, (_, row) => [row % 256, (row * 7) % 256])
    const parts = async (rows: number[][]) => {
      const dir = filesIn({
        x: idx([rows.length, 1, 2], rows.flat()),
        y: idx(
          [rows.length],
          rows.map(() => 1),
        ),
      })
      const data = { source: 'idx' as const, train: { features: 'x', labels: 'y' } }
      const { test } = await loadDataset(experimentOf({ data, split: SPLIT }), dir)
      return new Set([...(test?.rowNumbers ?? [])].map((row) => rows[row]?.join()))
    }
    const before = await parts(images.slice(0, 100))
    const after = await parts(images.toReversed())
    expect(before.size).toBeGreaterThan(5)
    expect([...before].filter((image) => !after.has(image))).toEqual([])
  })

  it('says which key is no column', async () => {
    const dir = filesIn({ 'f.csv': `${HEADER}${LINES[0]}\n` })
    expect(await failureOf(loadDataset(spec({ ...SPLIT, key: 'persons' }), dir), dir)).toEqual({
      message: 'there is no column "persons"; did you mean "person"? The columns are person, a, y: f.csv',
      setting: 'split.key',
    })
  })
})
