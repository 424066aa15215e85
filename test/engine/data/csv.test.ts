import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { csv } from '../../../src/main/engine/data/csv.ts'
import { readWhole } from '../../../src/main/engine/data/table-format.ts'
import type { RawTable, TableRequest } from '../../../src/main/engine/data/table-reader.ts'
import { failureOf, filesIn } from './data-files.ts'

const REQUEST: TableRequest = { target: ['y'], features: null, categories: new Set() }

function read(dir: string, name: string, request = REQUEST, delimiter: string | null = null): Promise<RawTable> {
  return readWhole(csv, { path: join(dir, name), setting: ['data', 'file'] }, { delimiter, request })
}

const TABLE = {
  rows: 2,
  featureNames: ['a', 'b'],
  features: Float32Array.from([1, 2.5, -3, 4e2]),
  labels: Float32Array.from([7, 8]),
  keys: null,
  texts: new Map(),
  missing: new Map(),
  dropped: 0,
}

describe('a CSV file', () => {
  it.each([
    ['commas', 'a,b,y\n1,2.5,7\n-3,4e2,8\n'],
    ['semicolons', 'a;b;y\n1;2.5;7\n-3;4e2;8\n'],
    ['tabs', 'a\tb\ty\n1\t2.5\t7\n-3\t4e2\t8'],
    ['Windows line ends and a mark', '\ufeffa,b,y\r\n1,2.5,7\r\n-3,4e2,8\r\n'],
    ['blank lines, blanks and quotes', '"a", b ,y\n\n1, 2.5 ,"7"\n\n-3,4e2,8\n\n'],
  ])('reads %s', async (_, text) => {
    expect(await read(filesIn({ 'table.csv': text }), 'table.csv')).toEqual(TABLE)
    expect(await read(filesIn({ 'table.csv.gz': text }), 'table.csv.gz')).toEqual(TABLE)
  })

  it('takes the delimiter that it is given', async () => {
    const dir = filesIn({ file: 'a|b|y\n1|2.5|7\n-3|4e2|8' })
    expect(await read(dir, 'file', REQUEST, '|')).toEqual(TABLE)
  })

  it('takes the named columns only, in the order asked for, and keeps texts of categories', async () => {
    const dir = filesIn({ file: 'id,b,y,a\nx,1,dog,10\ny,2,cat,20\nz,3,dog,30\n' })
    const request = { target: ['y'], features: ['a', 'b'], categories: new Set(['y']) }
    expect(await read(dir, 'file', request)).toEqual({
      rows: 3,
      featureNames: ['a', 'b'],
      features: Float32Array.from([10, 1, 20, 2, 30, 3]),
      labels: Float32Array.from([0, 1, 0]),
      keys: null,
      texts: new Map([
        [
          'y',
          new Map([
            ['dog', { code: 0, place: 'line 2' }],
            ['cat', { code: 1, place: 'line 3' }],
          ]),
        ],
      ]),
      missing: new Map(),
      dropped: 0,
    })
  })

  it('reads rows across the chunks of a stream', async () => {
    const lines = Array.from({ length: 40_000 }, (_, row) => `${row},ä${row % 7},${row % 2}`)
    const dir = filesIn({ 'long.csv': `a,b,y\n${lines.join('\n')}\n` })
    const table = await read(dir, 'long.csv', { target: ['y'], features: ['a', 'b'], categories: new Set(['b']) })
    expect(table.rows).toBe(40_000)
    expect(table.features.slice(-4)).toEqual(Float32Array.from([39_998, 39_998 % 7, 39_999, 39_999 % 7]))
    expect([...(table.texts.get('b')?.keys() ?? [])]).toEqual(['ä0', 'ä1', 'ä2', 'ä3', 'ä4', 'ä5', 'ä6'])
  })

  const BAD: [string, string, Partial<TableRequest>, { message: string; setting: string }][] = [
    [
      'a text cell',
      'a,b,y\n1,2,3\n4,NEAR BAY,6\n',
      {},
      {
        message:
          'line 3, column "b": expected a number, got "NEAR BAY"; leave the column out of data.features, one-hot encode it, or name it in data.text: bad',
        setting: 'data.file',
      },
    ],
    [
      'a text cell below a cell of two lines',
      'a,c,y\n1,"two\nlines",3\nx,c,6\n',
      { features: ['a'] },
      {
        message:
          'line 4, column "a": expected a number, got "x"; leave the column out of data.features, one-hot encode it, or name it in data.text: bad',
        setting: 'data.file',
      },
    ],
    [
      'a text target',
      'a,y\n1,x\n',
      {},
      { message: 'line 2, column "y": expected a number, got "x": bad', setting: 'data.file' },
    ],
    [
      'NaN',
      'a,y\nNaN,1\n',
      {},
      {
        message:
          'line 2, column "a": expected a number, got "NaN"; leave the column out of data.features, one-hot encode it, or name it in data.text: bad',
        setting: 'data.file',
      },
    ],
    [
      'an empty cell',
      'a,b,y\n1,,3\n',
      {},
      {
        message:
          'line 2, column "b": the cell is empty; fill it in, leave the row out, or say data.missing: drop, mean, median or mode: bad',
        setting: 'data.file',
      },
    ],
    ['a short row', 'a,b,y\n1,2\n', {}, { message: 'line 2 has 2 cells, the header 3: bad', setting: 'data.file' }],
    ['a long row', 'a,y\n1,2\n1,2,3\n', {}, { message: 'line 3 has 3 cells, the header 2: bad', setting: 'data.file' }],
    [
      'no such target',
      'a,b,Y\n1,2,3\n',
      {},
      { message: 'there is no column "y"; did you mean "Y"? The columns are a, b, Y: bad', setting: 'data.target' },
    ],
    [
      'no such feature',
      'a,b,y\n1,2,3\n',
      { features: ['zebra'] },
      { message: 'there is no column "zebra"; the columns are a, b, y: bad', setting: 'data.features' },
    ],
    [
      'no such column to encode',
      'a,b,y\n1,2,3\n',
      { features: ['a'], categories: new Set(['b']) },
      { message: 'there is no column "b"; the columns are a: bad', setting: 'preprocess' },
    ],
    [
      'a name twice',
      'a,a,y\n1,2,3\n',
      {},
      { message: 'two columns are called "a"; columns need names of their own: bad', setting: 'data.file' },
    ],
    [
      'no header',
      '1,2,3\n4,5,6\n',
      {},
      {
        message: 'the first line holds numbers; a line with the names of the columns must come first: bad',
        setting: 'data.file',
      },
    ],
    ['an empty file', '', {}, { message: 'the file is empty: bad', setting: 'data.file' }],
    ['no rows', 'a,y\n', {}, { message: 'there are no rows below the header: bad', setting: 'data.file' }],
    [
      'an open quote',
      'a,y\n1,2\n"3,4\n5,6\n',
      {},
      { message: 'a quote opened on line 3 is never closed: bad', setting: 'data.file' },
    ],
  ]
  it.each(BAD)('says what is wrong: %s', async (_, bad, request, expected) => {
    const dir = filesIn({ bad })
    expect(await failureOf(read(dir, 'bad', { ...REQUEST, ...request }), dir)).toEqual(expected)
  })

  it('says that gzip was cut off', async () => {
    const { gzipSync } = await import('node:zlib')
    const zipped = gzipSync(`a,y\n${Array.from({ length: 5000 }, (_, row) => `${row * 7919},1`).join('\n')}`)
    const dir = filesIn({ cut: zipped.subarray(0, zipped.length - 100) })
    expect((await failureOf(read(dir, 'cut'), dir)).message).toBe('the gzip file is truncated; fetch it again: cut')
  })
})
