/** Reads data files, plain or gzip (told by their first bytes, not by their names). */
import { createReadStream, type Stats } from 'node:fs'
import { open, readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { constants, createGunzip, gunzip } from 'node:zlib'
import type { MinimaError } from '../../../contract/errors.ts'
import type { DataFile, SettingPath } from './data-error.ts'
import { fileError } from './data-error.ts'

const unzip = promisify(gunzip)
/** Gives what is there of a file that was cut off, instead of an error. */
const TOLERANT = { finishFlush: constants.Z_SYNC_FLUSH }

/** `dir` and `file` as an experiment file gives them; `~/` is the person's home. */
export function dataFile(baseDir: string, dir: string | undefined, file: string, setting: SettingPath): DataFile {
  const expand = (path: string): string => (path.startsWith('~/') ? join(homedir(), path.slice(2)) : path)
  const folder = resolve(baseDir, expand(dir ?? ''))
  const path = expand(file)
  return { path: isAbsolute(path) ? path : resolve(folder, path), setting }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** All bytes, uncompressed; of a gzip file that was cut off, those that can be had. */
export async function readBytes(file: DataFile): Promise<Buffer> {
  try {
    const bytes = await readFile(file.path)
    return isGzip(bytes) ? await unzip(bytes, TOLERANT) : bytes
  } catch (error) {
    throw unreadable(error, file)
  }
}

/** Some of the first bytes, uncompressed; at least `count` of them when the file has as many. */
export async function readPrefix(file: DataFile, count: number): Promise<Buffer> {
  const bytes = await readRange(file, 0, 64 * 1024 + count)
  try {
    return isGzip(bytes) ? await unzip(bytes, TOLERANT) : bytes
  } catch (error) {
    throw unreadable(error, file)
  }
}

/** The first bytes, uncompressed, of some `count` as they are stored, and the share of the file that these are (1: all). */
export async function readStart(file: DataFile, count: number): Promise<{ bytes: Buffer; share: number }> {
  const stored = await readRange(file, 0, count)
  const { size } = await statOf(file)
  const share = size <= count ? 1 : count / size
  if (!isGzip(stored)) return { bytes: stored, share }
  try {
    return { bytes: await unzip(stored, share === 1 ? {} : TOLERANT), share }
  } catch (error) {
    throw unreadable(error, file)
  }
}

/** @throws MinimaError `data-invalid` */
export async function statOf(file: DataFile): Promise<Stats> {
  try {
    return await stat(file.path)
  } catch (error) {
    throw unreadable(error, file)
  }
}

/** Uncompressed size in bytes; of gzip what its last four bytes claim, which is wrong when it was cut off. */
export async function claimedSize(file: DataFile): Promise<number> {
  try {
    const { size } = await stat(file.path)
    if (!isGzip(await readRange(file, 0, 2)) || size < 18) return size
    return (await readRange(file, size - 4, 4)).readUInt32LE()
  } catch (error) {
    throw unreadable(error, file)
  }
}

async function readRange(file: DataFile, from: number, count: number): Promise<Buffer> {
  try {
    const handle = await open(file.path)
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(count), 0, count, from)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw unreadable(error, file)
  }
}

/** The text of a file, as a stream of strings; faults come as its `error`, made readable by `unreadable`. */
export async function openText(file: DataFile): Promise<Readable> {
  const gzip = isGzip(await readRange(file, 0, 2))
  const source = createReadStream(file.path)
  if (!gzip) return source.setEncoding('utf8')
  const text = createGunzip().setEncoding('utf8')
  source.on('error', (error) => text.destroy(error)).pipe(text)
  return text
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; paths are relative to data.dir, else to the experiment file',
  ENOTDIR: 'there is no such file; paths are relative to data.dir, else to the experiment file',
  EISDIR: 'this is a folder, not a file',
  EACCES: 'the file may not be read; see to its permissions',
  EPERM: 'the file may not be read; see to its permissions',
  Z_BUF_ERROR: 'the gzip file is truncated; fetch it again',
  Z_DATA_ERROR: 'the gzip file is damaged; fetch it again',
}

export function unreadable(error: unknown, file: DataFile): MinimaError {
  const { code = '', message } = error as NodeJS.ErrnoException
  return fileError(REASONS[code] ?? `the file cannot be read (${message})`, file)
}
