/** Data files for tests, in a folder that goes with the test. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'
import type { ExperimentInput } from '../../../src/contract/experiment/experiment.ts'
import { experiment } from '../../../src/contract/experiment/experiment.ts'
import type { Experiment } from '../../../src/contract/experiment/experiment.ts'
import { MinimaError } from '../../../src/contract/errors.ts'
import { settingOf } from '../../../src/main/engine/data/data-error.ts'

export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'minima-data-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** Writes `contents` by file name, gzip where the name ends in .gz. @returns the folder */
export function filesIn(contents: Readonly<Record<string, string | Uint8Array>>): string {
  const dir = tempDir()
  for (const [name, content] of Object.entries(contents)) {
    writeFileSync(join(dir, name), name.endsWith('.gz') ? gzipSync(content) : content)
  }
  return dir
}

/** An IDX file of uint8. */
export function idx(shape: readonly number[], values: readonly number[]): Uint8Array {
  const header = Buffer.alloc(4 + 4 * shape.length)
  header[2] = 0x08
  header[3] = shape.length
  shape.forEach((size, index) => header.writeUInt32BE(size, 4 + 4 * index))
  return Buffer.concat([header, Uint8Array.from(values)])
}

/** An experiment with just enough around its data. */
export function experimentOf(parts: Partial<ExperimentInput> & Pick<ExperimentInput, 'data'>): Experiment {
  return experiment.parse({
    model: { layers: [{ type: 'flatten' }] },
    fit: { loss: 'sparseCategoricalCrossentropy' },
    ...parts,
  })
}

/** What a promise fails with, the folder cut out of the message. */
export async function failureOf(
  promise: Promise<unknown>,
  dir: string,
): Promise<{ message: string; setting: unknown }> {
  const error: unknown = await promise.then(
    () => new Error('did not fail'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof MinimaError)) throw error
  return { message: error.message.replaceAll(`${dir}/`, ''), setting: settingOf(error)?.join('.') }
}
