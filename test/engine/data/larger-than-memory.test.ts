/** A CSV whose rows do not fit into what they may take: the same rows as from memory, read from the disk piece by piece. */
import { spawnSync } from 'node:child_process'
import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { gatherBatch } from '../../../src/main/engine/data/batches.ts'
import type { Dataset, Split } from '../../../src/main/engine/data/dataset.ts'
import { isOnDisk } from '../../../src/main/engine/data/dataset.ts'
import { PackedRows } from '../../../src/main/engine/data/disk-rows.ts'
import { inspectData } from '../../../src/main/engine/data/inspect-data.ts'
import { loadDataset } from '../../../src/main/engine/data/load-dataset.ts'
import { PackingStopped } from '../../../src/main/engine/data/packed-cache.ts'
import { rowRange, rowsFrom } from '../../../src/main/engine/data/random.ts'
import { windowedOrder } from '../../../src/main/engine/data/row-windows.ts'
import type { Experiment } from '../../../src/contract/experiment/experiment.ts'
import { createRowOrder } from '../../../src/main/engine/training/row-order.ts'
import { experimentOf, failureOf, filesIn, tempDir } from './data-files.ts'

let cache = ''
beforeEach(() => {
  cache = tempDir()
  vi.stubEnv('MINIMA_CACHE', cache)
})
afterEach(() => vi.unstubAllEnvs())

const ROWS = 40_000
const KINDS = ['red', 'green', 'blue']

/** Some 1.7 MB: two numbers, a category and a class. */
function largeCsv(rows = ROWS): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const kind = KINDS[(row * 7) % 3]
    return `${Math.sin(row).toFixed(6)},${row},"${kind}, really",${(row * 31) % 5 < 2 ? 'yes' : 'no'}`
  })
  return `a,b,kind,y\n${lines.join('\n')}\n`
}

type Parts = Parameters<typeof experimentOf>[0]

function experiment(memory: string, parts: Partial<Parts> = {}, file = 'large.csv'): Experiment {
  return experimentOf({
    data: { source: 'csv', file, target: 'y', classes: ['no', 'yes'], memory },
    preprocess: [{ type: 'oneHot', columns: ['kind'] }, { type: 'standardize' }],
    ...parts,
  })
}

/** Without order: parts of a file on the disk have the order of the file. */
function rowsOf(part: Split | null, sorted: boolean): string[] {
  if (part === null) return []
  const features = new Float32Array(part.rows * part.featureWidth)
  const labels = new Float32Array(part.rows * part.labelWidth)
  gatherBatch(part, rowRange(part.rows), features, labels)
  const rows = Array.from({ length: part.rows }, (_, row) =>
    [
      ...features.subarray(row * part.featureWidth, (row + 1) * part.featureWidth),
      ...labels.subarray(row * part.labelWidth, (row + 1) * part.labelWidth),
    ].join(),
  )
  return sorted ? rows.sort() : rows
}

function assertOnDisk({ train }: Dataset): PackedRows {
  if (!(train.table instanceof PackedRows)) throw new Error('the rows are in memory')
  return train.table
}

describe('a file that is larger than memory', () => {
  it.each<[string, Parts['split'], boolean]>([
    ['in order', { validation: 0.1, test: 0.2 }, false],
    ['all for training', {}, false],
    ['shuffled', { validation: 0.1, test: 0.2, shuffle: true, seed: 3 }, true],
    ['stratified', { validation: 0.1, test: 0.2, stratify: true, seed: 4 }, true],
  ])('has the rows that it has in memory: %s', async (_, split, shuffled) => {
    const dir = filesIn({ 'large.csv': largeCsv() })
    // Shuffled, means are summed up in another order, and may differ in the last bit.
    const steps = { split, ...(shuffled && { preprocess: [{ type: 'oneHot' as const, columns: ['kind'] }] }) }
    const whole = await loadDataset(experiment('1GB', steps), dir)
    const streamed = await loadDataset(experiment('200KB', steps), dir)
    assertOnDisk(streamed)
    expect(isOnDisk(whole.train.table)).toBe(false)
    expect(streamed.shape).toEqual(whole.shape)
    for (const part of ['train', 'validation', 'test'] as const) {
      expect(rowsOf(streamed[part], shuffled)).toEqual(rowsOf(whole[part], shuffled))
    }
    expect(streamed.notices?.[0]).toMatch(/^40000 rows \(640 KB\) are read from the disk as they are needed, packed in/)
  })

  it('is packed once, and again when it changed or something else is asked of it', async () => {
    const dir = filesIn({ 'large.csv': largeCsv() })
    const packed = (): string[] => readdirSync(join(cache, 'rows')).filter((name) => name.endsWith('.rows'))
    await loadDataset(experiment('200KB'), dir)
    const first = packed()
    const again = await loadDataset(experiment('200KB'), dir)
    expect(again.notices?.[0]).toContain('as an earlier run packed them')
    expect(packed()).toEqual(first)

    writeFileSync(join(dir, 'large.csv'), largeCsv(ROWS + 1))
    const changed = await loadDataset(experiment('200KB'), dir)
    expect(changed.shape.rows).toBe(ROWS + 1)
    // The old one went.
    expect(packed()).toHaveLength(1)
    expect(packed()).not.toEqual(first)
    const fewer = { ...experiment('200KB'), preprocess: [] }
    await loadDataset({ ...fewer, data: { ...fewer.data, features: ['b'] } as Experiment['data'] }, dir)
    expect(packed()).toHaveLength(2)
  })

  it('is packed again when what lies in the cache was cut off', async () => {
    const dir = filesIn({ 'large.csv': largeCsv() })
    const whole = rowsOf((await loadDataset(experiment('200KB'), dir)).train, false)
    const [name = ''] = readdirSync(join(cache, 'rows')).filter((file) => file.endsWith('.rows'))
    writeFileSync(join(cache, 'rows', name), 'cut')
    expect(rowsOf((await loadDataset(experiment('200KB'), dir)).train, false)).toEqual(whole)
  })

  it('reads gzip, and a test file of its own', async () => {
    const dir = filesIn({ 'large.csv.gz': largeCsv(), 'test.csv': 'y,kind,b,a\nyes,"red, really",5,6\n' })
    const spec = experiment('200KB', {
      data: { source: 'csv', file: 'large.csv.gz', testFile: 'test.csv', target: 'y', memory: '200KB' },
      preprocess: [{ type: 'oneHot', columns: ['kind'] }],
    })
    const { train, test, shape } = await loadDataset(spec, dir)
    expect([isOnDisk(train.table), shape.parts]).toEqual([true, { train: ROWS, validation: 0, test: 1 }])
    expect(shape.featureNames).toEqual(['a', 'b', 'kind=blue, really', 'kind=green, really', 'kind=red, really'])
    expect(rowsOf(test, false)).toEqual(['6,5,0,0,1,1'])
  })

  it('is told by its beginning until it is packed', async () => {
    const dir = filesIn({ 'large.csv': largeCsv(200_000) })
    const spec = experiment('200KB', { split: { validation: 0.1 } })
    const before = await inspectData(spec, dir)
    expect(before).toMatchObject({
      estimated: true,
      featureNames: ['a', 'b', 'kind=blue, really', 'kind=green, really', 'kind=red, really'],
      target: { kind: 'classes', count: 2 },
    })
    expect(before.rows / 200_000).toBeCloseTo(1, 0)
    const { shape } = await loadDataset(spec, dir)
    expect(await inspectData(spec, dir)).toEqual(shape)
  })

  it('is read in pieces, each about once a pass, as rows come in their windows', async () => {
    const dir = filesIn({ 'large.csv': largeCsv() })
    const data = { source: 'csv' as const, file: 'large.csv', target: 'y', features: ['a', 'b'], memory: '200KB' }
    const loaded = await loadDataset(experiment('', { data, preprocess: [] }), dir)
    const table = assertOnDisk(loaded)
    const { train } = loaded
    const order = createRowOrder({ rows: ROWS, batchSize: 32, seed: 1, shuffle: true, windows: table.windows })
    const features = new Float32Array(32 * train.featureWidth)
    const labels = new Float32Array(32)
    for (let batch = 0; batch < order.batchesPerPass; batch++) {
      gatherBatch(train, order.take(batch, 1), features, labels)
    }
    const pieces = ROWS / (table.windows.blockRows / 8)
    expect(table.piecesRead / pieces).toBeGreaterThanOrEqual(1)
    expect(table.piecesRead / pieces).toBeLessThan(1.1)
  })

  it('says what is wrong in it, and leaves nothing behind', async () => {
    const dir = filesIn({ 'large.csv': `${largeCsv()}1,2,"x` })
    expect(await failureOf(loadDataset(experiment('200KB'), dir), dir)).toEqual({
      message: `a quote opened on line ${ROWS + 2} is never closed: large.csv`,
      setting: 'data.file',
    })
    expect(readdirSync(join(cache, 'rows'))).toEqual([])
  })

  it('says that the disk has no room for it', async (context) => {
    const mounted =
      process.platform === 'linux' &&
      spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', cache]).status === 0
    context.skip(!mounted, 'only root on Linux can mount a small disk')
    onTestFinished(() => void spawnSync('umount', [cache]))
    const dir = filesIn({ 'large.csv': largeCsv() })
    expect(await failureOf(loadDataset(experiment('200KB'), dir), dir)).toMatchObject({
      message: expect.stringMatching(
        /^the disk is full: .* take some \d+ KB in .*; make room, or let MINIMA_CACHE/,
      ) as string,
      setting: 'data.file',
    })
  })

  it('can be given up while it is read', async () => {
    const dir = filesIn({ 'large.csv': largeCsv() })
    const shares: number[] = []
    const loading = loadDataset(experiment('200KB'), dir, {
      packing: (share) => shares.push(share),
      stopAsked: () => shares.length > 2,
    })
    await expect(loading).rejects.toThrow(PackingStopped)
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    expect(readdirSync(join(cache, 'rows'))).toEqual([])
  })

  it('forgets what was not used for a month, and what is left of processes that died', async () => {
    const dir = filesIn({ 'large.csv': largeCsv(), 'other.csv': largeCsv() })
    await loadDataset(experiment('200KB'), dir)
    const rows = join(cache, 'rows')
    const old = new Date(Date.now() - 31 * 24 * 3600 * 1000)
    writeFileSync(join(rows, 'x.rows.1.draft'), '')
    for (const name of readdirSync(rows)) utimesSync(join(rows, name), old, old)
    await loadDataset(experiment('200KB', {}, 'other.csv'), dir)
    expect(readdirSync(rows)).toHaveLength(2)
  })
})

describe('windowedOrder', () => {
  const WINDOWS = { blockRows: 7, windowBlocks: 4 }

  it.each([1, 6, 7, 8, 27, 28, 29, 100, 1003])(
    'visits each of %i rows once a pass, however they are asked for',
    (rows) => {
      const whole = windowedOrder(rows, WINDOWS, 5, 2).slice(0, rows)
      expect(whole.toSorted()).toEqual(rowRange(rows))
      const order = windowedOrder(rows, WINDOWS, 5, 2)
      const pieces = Array.from({ length: Math.ceil(rows / 3) }, (_, piece) => [
        ...order.slice(3 * piece, Math.min(rows, 3 * piece + 3)),
      ])
      expect(pieces.flat()).toEqual([...whole])
      expect([...order.slice(0, 1)]).toEqual([...whole.subarray(0, 1)])
    },
  )

  it('differs from pass to pass and from seed to seed, and mixes rows of blocks that are far from each other', () => {
    const orders = [
      [5, 0],
      [5, 1],
      [6, 0],
    ].map(([seed = 0, pass = 0]) => windowedOrder(1000, WINDOWS, seed, pass).slice(0, 1000))
    expect(new Set(orders.map((order) => order.join())).size).toBe(3)
    const first = orders[0]?.subarray(0, 28) ?? new Int32Array()
    expect(new Set(first.map((row) => Math.floor(row / 7))).size).toBe(4)
    expect(first).not.toEqual(first.toSorted())
    expect(orders[0]).not.toEqual(rowsFrom(0, 1000))
  })
})
