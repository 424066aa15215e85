/** Takes files out of a wheel, which is a ZIP archive: streamed, checked by their checksums, large ones too. */
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Transform, type Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { MinimaError } from '../../../contract/errors.ts'

/** `tensorflow_cpu-2.21.0-cp311-….whl` is package `tensorflow_cpu`, version `2.21.0`. */
export function parseWheelName(file: string): { package: string; version: string } {
  const [name = '', version = ''] = basename(file).split('-')
  return { package: name, version }
}

export interface Unpacking {
  readonly wanted: (name: string) => boolean
  readonly into: string
  readonly onBytes: (done: number, total: number) => void
  readonly signal: AbortSignal
}

/** @returns how many bytes were written. @throws MinimaError `data-invalid` when the archive is not whole. */
export async function unpackWheel(file: string, { wanted, into, onBytes, signal }: Unpacking): Promise<number> {
  return withZip(file, async (zip) => {
    const entries: Entry[] = []
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('/') && wanted(entry.fileName)) entries.push(entry)
    }
    const total = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0)
    let done = 0
    for (const entry of entries) {
      signal.throwIfAborted()
      const path = join(into, entry.fileName)
      await mkdir(dirname(path), { recursive: true })
      const mode = (entry.externalFileAttributes >>> 16) & 0o777
      const count = (bytes: number): void => onBytes((done += bytes), total)
      const out = createWriteStream(path, { mode: mode || 0o644 })
      await pipeline(await zip.openReadStreamPromise(entry), checksum(entry, count), out, { signal })
    }
    return total
  })
}

/** The first file of the archive whose name fits. @throws MinimaError `data-invalid` when there is none. */
export async function readFromWheel(file: string, name: RegExp): Promise<string> {
  return withZip(file, async (zip) => {
    for await (const entry of zip.eachEntry()) {
      if (!name.test(entry.fileName)) continue
      const stream: Readable = await zip.openReadStreamPromise(entry)
      return (await buffer(stream)).toString('utf8')
    }
    throw new MinimaError('data-invalid', `the wheel holds no ${name.source}: ${file}`)
  })
}

async function withZip<T>(file: string, use: (zip: ZipFile) => Promise<T>): Promise<T> {
  let zip: ZipFile | null = null
  try {
    zip = await yauzl.openPromise(file, { autoClose: false })
    return await use(zip)
  } catch (error) {
    const { name, code, message } = error as NodeJS.ErrnoException
    if (error instanceof MinimaError || name === 'AbortError' || code?.startsWith('E')) throw error
    throw new MinimaError('data-invalid', `the wheel is not whole (${message}): ${file}`)
  } finally {
    zip?.close()
  }
}

function checksum({ fileName, crc32: expected }: Entry, count: (bytes: number) => void): Transform {
  let sum = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      sum = crc32(chunk, sum)
      count(chunk.length)
      next(null, chunk)
    },
    flush: (next) => next(sum === expected ? null : new Error(`${fileName} fails its checksum`)),
  })
}
