/** A learning rate set anew before each batch, as a range test does: every `lr_range_*.json`. */
import { describe, expect, it } from 'vitest'
import { hasBlownUp, ratesOf, suggestRate } from '../../src/main/engine/training/lr-range.ts'
import { ENGINES } from './engines.ts'
import { noGoldens, numberOf, readGoldens } from './goldens.ts'
import { noRows, stepRun, type GoldenModel, type GoldenRows } from './step-runs.ts'

interface RangeGolden extends GoldenRows {
  readonly model: GoldenModel
  readonly iterations: number
  readonly from: number
  readonly to: number
  readonly lr: readonly number[]
  readonly losses: readonly (number | string)[]
}

/** Well before its minimum every loss is the same; beyond it float32 is chaos, and only where it lies counts. */
function expectRange(losses: readonly number[], wanted: readonly number[], tolerance: number): void {
  const argmin = leastOf(wanted)
  const sameUntil = Math.floor(0.9 * argmin)
  const apart = wanted.slice(0, sameUntil).map((loss, index) => Math.abs((losses[index] ?? NaN) - loss) / loss)
  expect(Math.max(...apart)).toBeLessThan(tolerance)
  expect(Math.abs(leastOf(losses) - argmin)).toBeLessThanOrEqual(3)
  expect(Math.abs(blowUpOf(losses) - blowUpOf(wanted))).toBeLessThanOrEqual(5)
}

function leastOf(losses: readonly number[]): number {
  return losses.reduce((best, loss, index) => (loss < (losses[best] ?? Infinity) ? index : best), 0)
}

/** The first loss beyond the least that is worse than guessing. */
function blowUpOf(losses: readonly number[]): number {
  const least = leastOf(losses)
  return losses.findIndex((loss, index) => index > least && loss > 2.5)
}

/** Keras's are multiplied step by step in float32. */
function expectRates(golden: RangeGolden): void {
  const ours = ratesOf({ from: golden.from, to: golden.to, iterations: golden.iterations })
  const apart = golden.lr.map((rate, index) => Math.abs((ours[index] ?? NaN) / rate - 1))
  expect(Math.max(...apart)).toBeLessThan(1e-4)
}

const goldens = readGoldens<RangeGolden>('lr_range')

it.for(goldens)('$file: ends at the blow-up, and suggests a tenth of where the loss turns', ({ golden }) => {
  const losses = golden.losses.map(numberOf)
  const end = losses.findIndex((_, index) => hasBlownUp(losses.slice(0, index + 1)))
  const argmin = leastOf(losses)
  expect(end).toBeGreaterThan(argmin)
  expect(end - blowUpOf(losses)).toBeLessThan(60)
  const { rate } = suggestRate(Float64Array.from(golden.lr), losses.slice(0, end + 1), true)
  // The curve is flat where it turns: smoothed it may do so a little elsewhere.
  expect(Math.abs(Math.log10((rate ?? NaN) / ((golden.lr[argmin] ?? NaN) / 10)))).toBeLessThan(0.3)
})

// Hundreds of steps are too many for an engine that is tried on some runs only.
describe.each(ENGINES.filter(({ runs }) => runs === Infinity))('range test like Keras: $name', (engine) => {
  if (goldens.length === 0) it('every lr_range_*.json', ({ skip }) => skip(noGoldens('lr_range')))

  it.for(goldens)('$file', { timeout: 120_000 }, async ({ golden }, { skip }) => {
    const obstacle = noRows() ?? engine.available()
    if (obstacle !== null) return skip(`${engine.name}: ${obstacle}`)
    expectRates(golden)
    const wanted = golden.losses.map(numberOf)
    const settings = { optimizer: 'SGD', config: { learning_rate: golden.lr[0] } }
    // Beyond the blow-up there is nothing to compare.
    const steps = Math.min(golden.iterations, blowUpOf(wanted) + 10)
    const run = stepRun(golden.model, golden, settings, steps)
    const { losses } = await engine.run(run, golden.lr)
    expectRange(losses, wanted.slice(0, steps), 1e-4)
  })
})
