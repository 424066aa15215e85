/** The same table as CSV, as JSON lines and as Parquet gives the same rows, in memory and on the disk, and the same preview. */
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { data as dataSchema } from '../../../src/contract/experiment/data.ts'
import { gatherBatch } from '../../../src/main/engine/data/batches.ts'
import { isOnDisk, type Split } from '../../../src/main/engine/data/dataset.ts'
import { inspectData } from '../../../src/main/engine/data/inspect-data.ts'
import { loadDataset } from '../../../src/main/engine/data/load-dataset.ts'
import { previewData } from '../../../src/main/engine/data/preview.ts'
import { rowRange } from '../../../src/main/engine/data/random.ts'
import { experimentOf, failureOf, filesIn, tempDir } from './data-files.ts'

beforeEach(() => void vi.stubEnv('MINIMA_CACHE', tempDir()))
afterEach(() => vi.unstubAllEnvs())

const ROWS = 20_000
const KINDS = ['red', null, 'blue']
const rows = Array.from({ length: ROWS }, (_, row) => ({
  n: row % 10 === 3 ? null : Math.sin(row),
  whole: row,
  open: row % 2 === 0,
  kind: KINDS[row % 3] ?? null,
  y: row % 4,
}))
const NAMES = ['n', 'whole', 'open', 'kind', 'y'] as const

const csv = `${NAMES.join()}\n${rows.map((row) => [row.n, row.whole, Number(row.open), row.kind, row.y].join()).join('\n')}\n`
const jsonl = rows.map(({ n, ...row }) => JSON.stringify(n === null ? row : { ...row, n })).join('\r\n')
const parquet = new Uint8Array(
  parquetWriteBuffer({
    columnData: [
      { name: 'n', data: rows.map(({ n }) => n), type: 'DOUBLE' },
      { name: 'whole', data: rows.map(({ whole }) => BigInt(whole)), type: 'INT64' },
      { name: 'open', data: rows.map(({ open }) => open), type: 'BOOLEAN' },
      { name: 'kind', data: rows.map(({ kind }) => kind), type: 'STRING' },
      { name: 'y', data: rows.map(({ y }) => y), type: 'INT32' },
    ],
    rowGroupSize: 7_000,
  }),
)
// Columns are those of the first line, whose n is there.
const FILES = { csv, jsonl, parquet }
type Kind = keyof typeof FILES

function spec(source: Kind, file: string, memory = '1GB') {
  return experimentOf({
    data: {
      source,
      file,
      target: 'y',
      features: ['n', 'whole', 'open', 'kind'],
      missing: { rule: 'median', flag: true },
      memory,
    },
    preprocess: [{ type: 'oneHot', columns: ['kind'] }, { type: 'standardize' }],
    split: { by: 'hash', validation: 0.1 },
  })
}

function numbersOf(part: Split | null): { features: Float32Array; labels: Float32Array } {
  const count = part?.rows ?? 0
  const numbers = {
    features: new Float32Array(count * (part?.featureWidth ?? 0)),
    labels: new Float32Array(count * (part?.labelWidth ?? 0)),
  }
  if (part) gatherBatch(part, rowRange(count), numbers.features, numbers.labels)
  return numbers
}

describe.each(['jsonl', 'parquet'] as const)('%s', (source) => {
  it.each(['1GB', '100KB'])('has the rows that CSV has, with %s of memory', async (memory) => {
    const dir = filesIn(FILES)
    // The key of a row comes of its cells as they are written, which differ in their digits.
    const split = { validation: 0.1 }
    const of = async (kind: Kind) => {
      const parsed = spec(kind, kind, memory)
      return loadDataset({ ...parsed, split: { ...parsed.split, by: 'count', ...split } }, dir)
    }
    const [theirs, ours] = [await of('csv'), await of(source)]
    expect(isOnDisk(ours.train.table)).toBe(memory === '100KB')
    expect(ours.shape).toEqual(theirs.shape)
    expect(numbersOf(ours.train)).toEqual(numbersOf(theirs.train))
    expect(numbersOf(ours.validation)).toEqual(numbersOf(theirs.validation))
  })

  it('splits by hash alike in memory and on the disk', async () => {
    const dir = filesIn(FILES)
    const whole = await loadDataset(spec(source, source), dir)
    const streamed = await loadDataset(spec(source, source, '100KB'), dir)
    expect(whole.shape.parts.validation / ROWS).toBeCloseTo(0.1, 1)
    expect(await inspectData(spec(source, source), dir)).toEqual(whole.shape)
    expect(streamed.shape).toEqual(whole.shape)
    expect(numbersOf(streamed.validation)).toEqual(numbersOf(whole.validation))
  })

  it('is shown as it begins', async () => {
    const dir = filesIn(FILES)
    const preview = await previewData(dataSchema.parse({ source, file: source, target: 'y' }), dir)
    if (preview?.kind !== 'table') throw new Error('no table')
    const columns = new Map(preview.columns.map((column) => [column.name, column]))
    expect([...columns.keys()].sort()).toEqual([...NAMES].sort())
    expect([columns.get('n')?.kind, columns.get('kind')?.kind]).toEqual(['number', 'text'])
    expect(columns.get('kind')?.missing).toBeGreaterThan(10)
    expect(preview.rows).toHaveLength(6)
  })

  it('says that there is no such file', async () => {
    const { message, setting } = await failureOf(loadDataset(spec(source, join('no', source)), tempDir()), '')
    expect(message).toMatch(/^there is no such file/)
    expect(setting).toBe('data.file')
  })
})

describe('JSON lines', () => {
  it.each([
    ['no JSON', '{"a": 1, "y": 0}\n{"a": 1,\n', /^line 2 is no JSON \(.*\): f$/],
    ['no object', '{"a": 1, "y": 0}\n\n[1, 0]\n', /^line 3 holds no object with the columns as keys: f$/],
    [
      'a key more',
      '{"a": 1, "y": 0}\n{"a": 1, "b": 1, "y": 0}\n',
      /^line 2 has the key "b", which the first line lacks: f$/,
    ],
    [
      'a list',
      '{"a": 1, "y": 0}\n{"a": [1], "y": 0}\n',
      /^line 2 holds a list or an object in "a", where one value should be: f$/,
    ],
    ['a key less', '{"a": 1, "y": 0}\n{"y": 0}\n', /^line 2, column "a": the cell is empty; .*: f$/],
    ['text', '{"a": 1, "y": 0}\n{"a": "x", "y": 0}\n', /^line 2, column "a": expected a number, got "x"; .*: f$/],
    ['nothing', '\n', /^the file is empty: f$/],
  ])('says what is wrong: %s', async (_, f, message) => {
    const dir = filesIn({ f })
    const parsed = experimentOf({ data: { source: 'jsonl', file: 'f', target: 'y' } })
    expect((await failureOf(loadDataset(parsed, dir), dir)).message).toMatch(message)
  })

  it('reads gzip', async () => {
    const dir = filesIn({ 'f.gz': jsonl })
    const { shape } = await loadDataset(spec('jsonl', 'f.gz', '100KB'), dir)
    expect(shape.rows).toBe(ROWS)
  })
})

describe('Parquet', () => {
  it('says that a file is none', async () => {
    const dir = filesIn({ f: csv })
    const parsed = experimentOf({ data: { source: 'parquet', file: 'f', target: 'y' } })
    expect((await failureOf(loadDataset(parsed, dir), dir)).message).toMatch(
      /^this is no Parquet file that can be read/,
    )
  })
})
