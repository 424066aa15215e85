/** Results of Keras and others that the engine is held against: every file of a kind in the folder of goldens. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export type Kind = 'steps' | 'ops' | 'lr_range' | 'tuner' | 'hpo_quality'

export const GOLDEN_DIR = resolve(process.env['MINIMA_GOLDEN_DIR'] ?? '../shared/data/golden')

export interface GoldenFile<T> {
  readonly file: string
  readonly golden: T
}

export function readGoldens<T>(kind: Kind): GoldenFile<T>[] {
  if (!existsSync(GOLDEN_DIR)) return []
  const files = readdirSync(GOLDEN_DIR).filter((file) => file.startsWith(`${kind}_`) && file.endsWith('.json'))
  return files.sort().map((file) => ({ file, golden: JSON.parse(readFileSync(join(GOLDEN_DIR, file), 'utf8')) as T }))
}

/** Why there is nothing to hold against. */
export function noGoldens(kind: Kind): string {
  return `no ${kind}_*.json in MINIMA_GOLDEN_DIR, by default ../shared/data/golden`
}

/** Goldens write NaN and infinities as text. */
export function numberOf(value: number | string): number {
  return Number(value)
}
