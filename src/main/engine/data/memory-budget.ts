/** How much memory the rows of a file may take before they are read from the disk instead. */
import { totalmem } from 'node:os'

const UNITS: Readonly<Record<string, number>> = { KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 }
/** Less of a small machine: reading them takes three times as much, and native TensorFlow keeps a copy of its own. */
const MOST = 256 * 2 ** 20
const SHARE = 1 / 16

/** @param given such as `256MB`, as the experiment's schema lets it through @returns bytes */
export function memoryBudget(given: string | undefined): number {
  if (given === undefined) return Math.min(MOST, totalmem() * SHARE)
  const [, amount = '', unit = ''] = /^([\d.]+) ?(KB|MB|GB)$/.exec(given) ?? []
  return Number(amount) * (UNITS[unit] ?? NaN)
}

/** `2.6 GB` */
export function showBytes(bytes: number): string {
  const unit = bytes >= 1e9 ? 'GB' : bytes >= 1e6 ? 'MB' : 'KB'
  const amount = bytes / { GB: 1e9, MB: 1e6, KB: 1e3 }[unit]
  return `${amount.toPrecision(amount >= 100 ? 3 : 2)} ${unit}`
}
