/** Entries of a ZIP archive, each read when it is asked for. */
import { buffer } from 'node:stream/consumers'
import yauzl from 'yauzl'
import { MinimaError } from '../../../../contract/errors.ts'

/** More than the topology of any model. */
const MOST_BYTES_OF_TEXT = 64 * 2 ** 20

/** @throws MinimaError `data-invalid` when there is none, or the archive is damaged */
export async function readZipEntry(path: string, name: string): Promise<Buffer> {
  const zip = await yauzl.openPromise(path, { autoClose: false }).catch((error: Error) => {
    throw new MinimaError('data-invalid', `this is no whole ZIP archive (${error.message}): ${path}`)
  })
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== name) continue
      if (name.endsWith('.json') && entry.uncompressedSize > MOST_BYTES_OF_TEXT) {
        throw new MinimaError('data-invalid', `its ${name} is too large: ${path}`)
      }
      return await buffer(await zip.openReadStreamPromise(entry))
    }
    throw new MinimaError('data-invalid', `it holds no ${name}: ${path}`)
  } finally {
    zip.close()
  }
}
