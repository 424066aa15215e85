import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { data } from '../../../src/contract/experiment/data.ts'
import { previewData } from '../../../src/main/engine/data/preview.ts'

const dir = mkdtempSync(join(tmpdir(), 'minima-preview-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const csv = (file: string) => data.parse({ source: 'csv', file, target: 'y' })

it('shows the first rows of a table as they are, and what its columns hold', async () => {
  writeFileSync(
    join(dir, 'a.csv'),
    ['a;city;y', ...Array.from({ length: 9 }, (_, row) => `${row};"Be;rn";`)].join('\n'),
  )
  expect(await previewData(csv('a.csv'), dir)).toEqual({
    kind: 'table',
    columns: [
      { name: 'a', kind: 'number', missing: 0 },
      { name: 'city', kind: 'text', missing: 0 },
      { name: 'y', kind: 'number', missing: 9 },
    ],
    rows: Array.from({ length: 6 }, (_, row) => [String(row), 'Be;rn', '']),
  })
})

it('reads no more of a great file than it shows, and no half row', async () => {
  writeFileSync(join(dir, 'b.csv'), `a,y\n${'123456,7\n'.repeat(100_000)}`)
  const preview = await previewData(csv('b.csv'), dir)
  expect(preview).toMatchObject({ columns: [{ kind: 'number' }, { kind: 'number' }] })
})

it('shows images with what they are', async () => {
  const idx = (sizes: number[], bytes: number[]): Buffer => {
    const header = Buffer.alloc(4 + 4 * sizes.length)
    header.set([0, 0, 8, sizes.length])
    sizes.forEach((size, at) => header.writeUInt32BE(size, 4 + 4 * at))
    return Buffer.concat([header, Buffer.from(bytes)])
  }
  writeFileSync(join(dir, 'images'), idx([3, 1, 2], [1, 2, 3, 4, 5, 6]))
  writeFileSync(join(dir, 'labels'), idx([3], [0, 1, 1]))
  const spec = data.parse({ source: 'idx', train: { features: 'images', labels: 'labels' }, classes: ['cat', 'dog'] })
  expect(await previewData(spec, dir)).toEqual({
    kind: 'images',
    width: 2,
    height: 1,
    channels: 1,
    images: [
      { label: 'cat', pixels: Buffer.from([1, 2]).toString('base64') },
      { label: 'dog', pixels: Buffer.from([3, 4]).toString('base64') },
      { label: 'dog', pixels: Buffer.from([5, 6]).toString('base64') },
    ],
  })
})

it('says which file cannot be read', async () => {
  await expect(previewData(csv('none.csv'), dir)).rejects.toMatchObject({ code: 'data-invalid' })
})
