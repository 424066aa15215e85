import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readIdx, readIdxHeader } from '../../../src/main/engine/data/idx.ts'
import { failureOf, filesIn, idx, tempDir } from './data-files.ts'

function at(dir: string, name: string) {
  return { path: join(dir, name), setting: ['data', 'train', 'features'] }
}

/** Two numbers of a type, big-endian. */
function typed(type: number, bytes: number, write: (buffer: Buffer, offset: number, value: number) => void): Buffer {
  const buffer = Buffer.alloc(8 + 2 * bytes)
  buffer[2] = type
  buffer[3] = 1
  buffer.writeUInt32BE(2, 4)
  write(buffer, 8, 3)
  write(buffer, 8 + bytes, -2)
  return buffer
}

describe('readIdx', () => {
  it.each(['images', 'images.gz'])('reads %s', async (name) => {
    const dir = filesIn({ [name]: idx([2, 1, 3], [1, 2, 3, 4, 5, 255]) })
    expect((await readIdxHeader(at(dir, name))).shape).toEqual([2, 1, 3])
    const { shape, data } = await readIdx(at(dir, name))
    expect({ shape, data }).toEqual({ shape: [2, 1, 3], data: Uint8Array.from([1, 2, 3, 4, 5, 255]) })
  })

  it.each([
    ['int8', typed(0x09, 1, (buffer, offset, value) => buffer.writeInt8(value, offset)), Int8Array.from([3, -2])],
    ['int16', typed(0x0b, 2, (buffer, offset, value) => buffer.writeInt16BE(value, offset)), Int16Array.from([3, -2])],
    ['int32', typed(0x0c, 4, (buffer, offset, value) => buffer.writeInt32BE(value, offset)), Int32Array.from([3, -2])],
    [
      'float32',
      typed(0x0d, 4, (buffer, offset, value) => buffer.writeFloatBE(value, offset)),
      Float32Array.from([3, -2]),
    ],
    [
      'float64',
      typed(0x0e, 8, (buffer, offset, value) => buffer.writeDoubleBE(value, offset)),
      Float64Array.from([3, -2]),
    ],
  ])('reads %s', async (_, file, expected) => {
    expect((await readIdx(at(filesIn({ file }), 'file'))).data).toEqual(expected)
  })

  const whole = idx(
    [3, 4],
    Array.from({ length: 12 }, (_, index) => index),
  )
  const BAD: [string, string | Uint8Array, string][] = [
    ['truncated', whole.subarray(0, 20), 'the file is truncated: 24 bytes expected for 3 × 4 numbers, 20 there: bad'],
    [
      'too long',
      Buffer.concat([whole, whole]),
      'the file is longer than its header says: 24 bytes expected for 3 × 4 numbers, 48 there: bad',
    ],
    ['cut in the header', whole.subarray(0, 6), 'the file is truncated: 6 bytes there, too few for its header: bad'],
    ['no rows', idx([0, 4], []), 'the file holds no rows: its shape is 0 × 4: bad'],
    ['empty', '', 'this is not an IDX file: it is empty: bad'],
    ['an image', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'this is not an IDX file: it looks like a PNG image: bad'],
    ['NumPy', Buffer.from('\x93NUMPY\x01\x00', 'latin1'), 'this is not an IDX file: it looks like a NumPy array: bad'],
    ['gzip within gzip', gzipSync(gzipSync(whole)), 'this is not an IDX file: it looks like gzip within gzip: bad'],
    [
      'a web page',
      '<!doctype html>',
      'this is not an IDX file: it looks like a web page; the download may have failed: bad',
    ],
    ['a table', 'a,b\n1,2\n', 'this is not an IDX file: it looks like text, beginning with "a,b\\n1,2\\n": bad'],
    [
      'another magic',
      Uint8Array.from([0, 0, 7, 1, 9]),
      'this is not an IDX file: it begins with 00 00 07 01, where 00 00, a type and the number of dimensions should be: bad',
    ],
  ]
  it.each(BAD)('says what is wrong: %s', async (_, bad, message) => {
    const dir = filesIn({ bad })
    const expected = { message, setting: 'data.train.features' }
    expect(await failureOf(readIdx(at(dir, 'bad')), dir)).toEqual(expected)
    expect(await failureOf(readIdxHeader(at(dir, 'bad')), dir)).toEqual(expected)
  })

  it('counts the bytes of a gzip file that was cut off', async () => {
    const dir = tempDir()
    const zipped = gzipSync(
      idx(
        [1000, 10],
        Array.from({ length: 10_000 }, (_, index) => (index * 7919) % 251),
      ),
    )
    writeFileSync(join(dir, 'cut.gz'), zipped.subarray(0, zipped.length / 2))
    const { message } = await failureOf(readIdx(at(dir, 'cut.gz')), dir)
    expect(message).toMatch(/^the file is truncated: 10012 bytes expected for 1000 × 10 numbers, \d+ there: cut\.gz$/)
    expect((await failureOf(readIdxHeader(at(dir, 'cut.gz')), dir)).message).toBe(message)
  })

  it('says that gzip is damaged', async () => {
    const dir = filesIn({
      'bad.gz': idx(
        [100],
        Array.from({ length: 100 }, (_, index) => index),
      ),
    })
    const bytes = readFileSync(join(dir, 'bad.gz'))
    bytes.fill(0xff, 20, 40)
    writeFileSync(join(dir, 'bad.gz'), bytes)
    expect((await failureOf(readIdx(at(dir, 'bad.gz')), dir)).message).toBe(
      'the gzip file is damaged; fetch it again: bad.gz',
    )
  })

  it('says that there is no such file', async () => {
    const dir = tempDir()
    expect(await failureOf(readIdx(at(dir, 'none')), dir)).toEqual({
      message: 'there is no such file; paths are relative to data.dir, else to the experiment file: none',
      setting: 'data.train.features',
    })
    expect((await failureOf(readIdx({ path: dir, setting: [] }), dir)).message).toContain(
      'this is a folder, not a file',
    )
  })
})
