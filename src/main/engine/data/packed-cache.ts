/** Where packed tables lie, and how one comes to be there: once for a file as it is and what is asked of it. */
import { createHash } from 'node:crypto'
import { mkdir, readdir, rm, stat, statfs, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { userCacheDir } from '../../cache-dir.ts'
import type { DataFile } from './data-error.ts'
import { dataError } from './data-error.ts'
import { statOf } from './data-file.ts'
import { showBytes } from './memory-budget.ts'
import { NONE_MISSING, type MissingRule } from './missing-rules.ts'
import type { PackedPaths, PackedSource, PackedTable } from './packed-file.ts'
import { PACKED_FORMAT, packedTable, PackedWriter, readPackedMeta } from './packed-file.ts'
import type { TableFormat, TableOptions } from './table-format.ts'
import { rowEndOf } from './table-reader.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** What nobody used for so long is removed. */
const KEPT_MS = 30 * DAY_MS

/** `MINIMA_CACHE`, else a folder of the system's cache of this user. */
export function packedDir(): string {
  return join(process.env['MINIMA_CACHE'] ?? join(userCacheDir(), 'minima'), 'rows')
}

export interface PackingHooks {
  /** @param share of the file that is behind, up to 1 */
  readonly packing?: (share: number) => void
  /** Whether it is to be given up. */
  readonly stopAsked?: () => boolean
}

/** The person does not want it any more. */
export class PackingStopped extends Error {}

/** null: it would have to be packed first. */
export async function findPacked(
  format: TableFormat,
  file: DataFile,
  options: TableOptions,
): Promise<PackedTable | null> {
  const paths = packedPaths(format, await sourceOf(file), options)
  const meta = await readPackedMeta(paths.meta)
  if (meta === null) return null
  const table = packedTable(paths.rows, meta)
  const { size } = await stat(paths.rows).catch(() => ({ size: -1 }))
  return size === table.bytes ? table : null
}

/**
 * @param expectedBytes what the packed rows will take, roughly
 * @throws MinimaError `data-invalid` when the file holds what it must not or the disk has no room; PackingStopped
 */
export async function packTable(
  format: TableFormat,
  file: DataFile,
  options: TableOptions,
  expectedBytes: number,
  { packing, stopAsked }: PackingHooks,
): Promise<{ table: PackedTable; tookMs: number | null }> {
  const found = await findPacked(format, file, options)
  if (found !== null) {
    await used(found.path)
    return { table: found, tookMs: null }
  }
  const startedAt = performance.now()
  const source = await sourceOf(file)
  const paths = packedPaths(format, source, options)
  await mkdir(packedDir(), { recursive: true })
  await removeStale()
  await assertRoom(expectedBytes, file)
  const writer = new PackedWriter(`${paths.rows}.${process.pid}.draft`, rowEndOf(options.request))
  try {
    const read = await format.readInto(writer, file, options, {
      read(bytes) {
        if (stopAsked?.()) throw new PackingStopped()
        packing?.(Math.min(1, bytes / source.size))
      },
    })
    await writer.commit(paths, source, read)
  } catch (error) {
    await writer.drop()
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? diskFull(expectedBytes, file) : error
  }
  const table = await findPacked(format, file, options)
  if (table === null) throw dataError(`the file changed while it was read; try again: ${file.path}`, file.setting)
  return { table, tookMs: performance.now() - startedAt }
}

async function sourceOf(file: DataFile): Promise<PackedSource> {
  const { size, mtimeMs } = await statOf(file)
  return { path: file.path, size, mtimeMs }
}

/** Another file, one that changed, or another question have another. */
function packedPaths(format: TableFormat, source: PackedSource, { delimiter, request }: TableOptions): PackedPaths {
  const { target, weights = null, features, categories, freeTexts = [], key = false, missing = NONE_MISSING } = request
  // How cells are filled does not show in what is packed.
  const drops = missing.named.map((column) => [column, howRead(missing.ruleOf(column))])
  const asked = {
    ...{
      target,
      weights,
      features,
      categories: [...categories].sort(),
      freeTexts: [...freeTexts].sort(),
      delimiter,
      key,
    },
    missing: { texts: [...missing.texts], drops, others: howRead(missing.ruleOf('')) },
  }
  const name = createHash('sha256')
    .update(JSON.stringify([PACKED_FORMAT, format.name, source, asked]))
    .digest('hex')
  const path = join(packedDir(), name.slice(0, 32))
  return { rows: `${path}.rows`, meta: `${path}.json` }
}

function howRead(rule: MissingRule): string {
  return typeof rule === 'string' ? rule : 'fill'
}

async function assertRoom(bytes: number, file: DataFile): Promise<void> {
  const { bavail, bsize } = await statfs(packedDir())
  if (bavail * bsize < bytes) throw diskFull(bytes, file)
}

function diskFull(bytes: number, { path, setting }: DataFile): Error {
  return dataError(
    `the disk is full: the rows are too many for the memory, and as numbers they take some ${showBytes(bytes)} in ` +
      `${packedDir()}; make room, or let MINIMA_CACHE name a folder that has it: ${path}`,
    setting,
  )
}

async function used(rows: string): Promise<void> {
  const now = new Date()
  await utimes(rows, now, now).catch(() => undefined)
}

/** Of files that changed or are gone, what was not used for long, and drafts of processes that died. */
async function removeStale(): Promise<void> {
  const dir = packedDir()
  const names = await readdir(dir)
  for (const name of names) {
    const path = join(dir, name)
    const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs
    const isDraft = name.includes('.draft')
    const isOrphan = isDraft || (name.endsWith('.rows') && !names.includes(name.replace(/rows$/, 'json')))
    if (isOrphan && age > DAY_MS) await remove(path)
    if (!name.endsWith('.json') || isDraft) continue
    const rows = path.replace(/json$/, 'rows')
    const unused = Date.now() - (await stat(rows).catch(() => ({ mtimeMs: 0 }))).mtimeMs
    const meta = await readPackedMeta(path)
    if (meta !== null && unused < KEPT_MS && (await isAsItWas(meta.source))) continue
    await remove(path)
    await remove(rows)
  }
}

/** Where a system does not let go of a file that somebody reads, it goes another time. */
async function remove(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined)
}

async function isAsItWas({ path, size, mtimeMs }: PackedSource): Promise<boolean> {
  const now = await stat(path).catch(() => null)
  return now !== null && now.size === size && now.mtimeMs === mtimeMs
}
