/** What every bench prints: a table for people and, with `--json FILE`, one object for programs (docs/benches.md). */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { formatNumber, formatTable } from '../../src/main/cli/format.ts'

export interface Measured {
  readonly min: number
  readonly median: number
  readonly runs: readonly number[]
}

export interface BenchRow {
  readonly case: string
  readonly metric: string
  readonly unit: string
  /** null: could not be measured. */
  readonly minima: Measured | null
  readonly peer?: Measured & { readonly name: string; readonly version: string }
  /** Minima over peer, of the minima. */
  readonly ratio?: number
}

export interface Bar {
  readonly what: string
  readonly limit: number
  /** null: could not be measured. */
  readonly value: number | null
  readonly ok: boolean
}

export function measured(runs: readonly number[]): Measured {
  return { min: Math.min(...runs), median: quantile(runs, 0.5), runs }
}

/** Of the sorted values, the one below which a share of `q` lies. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN
}

/** `value` must not exceed `limit`. */
export function atMost(what: string, limit: number, value: number | null): Bar {
  return { what, limit, value, ok: value !== null && value <= limit }
}

export interface BenchOptions {
  readonly json?: string
  readonly seed: number
  readonly scale: number
  /** How often each side has its turn, where a bench lets that be chosen. */
  readonly rounds?: number
  /** Names of the parts that are to run; none: all. */
  readonly only: readonly string[]
}

export function benchOptions(): BenchOptions {
  const { values } = parseArgs({
    options: {
      json: { type: 'string' },
      seed: { type: 'string', default: '1' },
      scale: { type: 'string', default: '1' },
      rounds: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
    },
  })
  return {
    ...(values.json && { json: values.json }),
    seed: Number(values.seed),
    scale: Number(values.scale),
    ...(values.rounds && { rounds: Number(values.rounds) }),
    only: values.only.flatMap((names) => names.split(',')),
  }
}

/** Ends the process with 1 when a bar was missed. */
export function report(name: string, rows: readonly BenchRow[], bars: readonly Bar[]): void {
  console.log(
    formatTable(
      ['case', 'metric', 'min', 'median', 'unit', 'peer', 'min', 'median', 'ratio', 'of medians'],
      rows.map(({ minima, peer, ratio, ...row }) => [
        row.case,
        row.metric,
        formatNumber(minima?.min),
        formatNumber(minima?.median),
        row.unit,
        peer?.name ?? '',
        peer ? formatNumber(peer.min) : '',
        peer ? formatNumber(peer.median) : '',
        ratio === undefined ? '' : ratio.toFixed(3),
        ratio === undefined || !minima || !peer ? '' : (minima.median / peer.median).toFixed(3),
      ]),
      [2, 3, 6, 7, 8, 9],
    ),
  )
  for (const bar of bars) {
    console.log(
      `${bar.ok ? 'ok  ' : 'MISS'} ${bar.what}: ${formatNumber(bar.value)} (limit ${Number(bar.limit.toPrecision(4))})`,
    )
  }
  const { json } = benchOptions()
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version }
  if (json) writeFileSync(json, JSON.stringify({ name, machine, commit: commit(), rows, bars }, null, 2))
  process.exitCode = bars.every((bar) => bar.ok) ? 0 : 1
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}
