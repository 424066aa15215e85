/** How much memory the rows of a file may take before they are read from the disk instead. */

const UNITS = { KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 } as const
/**
 * Little, because rows in memory take it several times: as they are read, as a table, in native TensorFlow's session; and
 * because reading them from the disk is hardly slower.
 */
const USUAL = 64 * UNITS.MB

/** @param given such as `256MB`, as the experiment's schema lets it through @returns bytes */
export function memoryBudget(given: string | undefined): number {
  if (given === undefined) return USUAL
  const [, amount = '', unit = ''] = /^([\d.]+) ?(KB|MB|GB)$/.exec(given) ?? []
  return Number(amount) * (UNITS[unit as keyof typeof UNITS] ?? NaN)
}

/** `2.6 GB` */
export function showBytes(bytes: number): string {
  const unit = bytes >= 1e9 ? 'GB' : bytes >= 1e6 ? 'MB' : 'KB'
  const amount = bytes / { GB: 1e9, MB: 1e6, KB: 1e3 }[unit]
  return `${amount.toPrecision(amount >= 100 ? 3 : 2)} ${unit}`
}
