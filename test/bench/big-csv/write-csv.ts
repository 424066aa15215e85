/** Writes a CSV of a size: eight numbers, an amount that follows from them, and a class that follows from them. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { createRandom } from '../../../src/main/engine/data/random.ts'

export const FEATURES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const
export const KINDS = ['low', 'middle', 'high'] as const

const LINES_AT_ONCE = 5_000

export interface WrittenCsv {
  readonly path: string
  readonly rows: number
  readonly bytes: number
  /** Of the amount: what a model that knows nothing loses. */
  readonly variance: number
}

/** `bytes` or a little more. */
export function writeCsv(path: string, bytes: number, seed: number): WrittenCsv {
  const random = createRandom(seed)
  const file = openSync(path, 'w')
  let written = writeSync(file, `${FEATURES.join()},amount,kind\n`)
  let rows = 0
  let sum = 0
  let squares = 0
  try {
    while (written < bytes) {
      let text = ''
      for (let line = 0; line < LINES_AT_ONCE; line++) {
        const row = rowOf(random)
        text += row.text
        sum += row.amount
        squares += row.amount ** 2
      }
      written += writeSync(file, text)
      rows += LINES_AT_ONCE
    }
  } finally {
    closeSync(file)
  }
  return { path, rows, bytes: written, variance: squares / rows - (sum / rows) ** 2 }
}

function rowOf(random: ReturnType<typeof createRandom>): { text: string; amount: number } {
  let line = ''
  let sum = 0
  let last = 0
  for (let index = 0; index < FEATURES.length; index++) {
    const value = (random.nextUint32() / 2 ** 32) * 4 - 2
    sum += (index % 2 === 0 ? value : -value) * (1 + last / 8)
    last = value
    line += `${value.toFixed(4)},`
  }
  const noise = (random.nextUint32() / 2 ** 32 - 0.5) / 5
  const kind = sum < -1.5 ? 0 : sum < 1.5 ? 1 : 2
  const amount = sum + noise
  return { text: `${line}${amount.toFixed(4)},${KINDS[kind]}\n`, amount }
}
