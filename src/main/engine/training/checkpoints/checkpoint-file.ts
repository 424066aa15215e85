/**
 * Checkpoints on the disk: a line of JSON that says where the training stood, then all of it as Node's structured clone
 * (numbers keep every bit). Drafted beside and renamed, so that a file is whole, however the process ends.
 */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, renameSync, rmSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { MinimaError } from '../../../../contract/errors.ts'
import type { Checkpoint, Position } from './checkpoint.ts'

const FORMAT = 'minima-checkpoint 1'
const HEADER_BYTES = 512
const NEWLINE = 10

export function checkpointPath(runDir: string): string {
  return join(runDir, 'checkpoints', 'resume.state')
}

/** One may be written before the last is committed. */
let drafts = 0

/**
 * Writes one that does not count yet. What was logged before it must be stored before it counts: else a run that is
 * resumed from it would lack these points.
 *
 * @returns what `commitCheckpoint` is to be given
 */
export async function draftCheckpoint(runDir: string, checkpoint: Checkpoint): Promise<string> {
  const { epoch, batch, step } = checkpoint
  await mkdir(join(runDir, 'checkpoints'), { recursive: true })
  const path = `${checkpointPath(runDir)}.draft${drafts++}`
  const draft = await open(path, 'w')
  try {
    await draft.write(`${JSON.stringify({ format: FORMAT, epoch, batch, step })}\n`)
    await draft.writeFile(serialize(checkpoint))
    await draft.sync()
  } finally {
    await draft.close()
  }
  return path
}

/** From here on the run is resumed from it. */
export function commitCheckpoint(runDir: string, draft: string): void {
  renameSync(draft, checkpointPath(runDir))
}

/** Deletes what was not committed when its process died. */
export function dropDrafts(runDir: string): void {
  const path = checkpointPath(runDir)
  for (const name of readdirSync(dirname(path))) {
    if (/^\.draft\d+$/.test(name.slice(basename(path).length))) rmSync(join(dirname(path), name))
  }
}

/** Where the training of the last checkpoint stood, without reading the rest; null: there is none. */
export function readPosition(runDir: string): Position | null {
  const path = checkpointPath(runDir)
  if (!existsSync(path)) return null
  const head = Buffer.alloc(HEADER_BYTES)
  const file = openSync(path, 'r')
  try {
    readSync(file, head, 0, HEADER_BYTES, 0)
  } finally {
    closeSync(file)
  }
  return positionIn(head, path)
}

/** @throws MinimaError `not-found`, or `data-invalid` when it is no checkpoint */
export function readCheckpoint(path: string): Checkpoint {
  let octets: Buffer
  try {
    octets = readFileSync(path)
  } catch (error) {
    throw new MinimaError('not-found', `the checkpoint cannot be read: ${(error as Error).message}`)
  }
  positionIn(octets, path)
  try {
    return deserialize(octets.subarray(octets.indexOf(NEWLINE) + 1)) as Checkpoint
  } catch (error) {
    throw notOne(path, (error as Error).message)
  }
}

function positionIn(octets: Buffer, path: string): Position {
  const head = octets.subarray(0, Math.max(0, octets.indexOf(NEWLINE))).toString()
  try {
    const { format, epoch, batch, step } = JSON.parse(head) as Position & { format: string }
    if (format === FORMAT) return { epoch, batch, step }
  } catch {
    throw notOne(path, 'its first line is damaged')
  }
  throw notOne(path, `its first line does not say ${FORMAT}`)
}

function notOne(path: string, why: string): MinimaError {
  return new MinimaError('data-invalid', `this is no checkpoint that Minima can resume from (${why}): ${path}`)
}
