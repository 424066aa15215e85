/** Small wheels for tests: ZIP archives, written by hand so that they can also be wrong. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { libraryNames } from '../../../src/main/engine/training/backends/tensorflow-home.ts'

export interface WheelFile {
  readonly name: string
  readonly text: string | Uint8Array
  readonly mode?: number
  /** Instead of the right one. */
  readonly checksum?: number
}

const METHOD_DEFLATE = 8
const UNIX = 3 << 8

export function zipOf(files: readonly WheelFile[]): Buffer {
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  let offset = 0
  for (const { name, text, mode = 0o644, checksum } of files) {
    const data = deflateRawSync(text)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(METHOD_DEFLATE, 4)
    common.writeUInt32LE(checksum ?? crc32(text), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(Buffer.byteLength(text), 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data])
    const central = Buffer.alloc(14)
    central.writeUInt32LE((0o100000 | mode) * 0x10000, 6)
    central.writeUInt32LE(offset, 10)
    const made = Buffer.alloc(2)
    made.writeUInt16LE(UNIX | 20)
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02'), made, common, central, Buffer.from(name)]))
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06'), end])
}

/** A `tensorflow` wheel as setups see it, with something in it that they do not want. */
export function tensorflowFiles(requires: readonly string[] = []): WheelFile[] {
  return [
    ...libraryNames().map((name) => ({ name: `tensorflow/${name}`, text: `library ${name}` })),
    { name: 'tensorflow/include/tensorflow/c/c_api.h', text: '// header' },
    { name: 'tensorflow/include/unsupported/Eigen/Tensor.h', text: '// not needed' },
    { name: 'tensorflow/__init__.py', text: 'raise SystemExit("imported")' },
    {
      name: 'tensorflow-2.99.0.dist-info/METADATA',
      text: ['Name: tensorflow', ...requires.map((one) => `Requires-Dist: ${one}`), ''].join('\n'),
    },
  ]
}

export function writeWheel(dir: string, name: string, files: readonly WheelFile[]): string {
  const path = join(dir, name)
  writeFileSync(path, zipOf(files))
  return path
}
