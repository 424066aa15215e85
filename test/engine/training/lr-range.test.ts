import { expect, test } from 'vitest'
import { hasBlownUp, ratesOf, smoothed, suggestRate } from '../../../src/main/engine/training/lr-range.ts'

const RATES = ratesOf({ from: 1e-5, to: 10, iterations: 600 })

/** Flat, falling from 1e-3 on, least at 0.1, and climbing from there. */
function lossAt(rate: number): number {
  if (rate < 1e-3) return 2.3
  if (rate < 0.1) return 2.3 - 0.8 * (Math.log10(rate) + 3)
  return 0.7 + 20 * (rate - 0.1)
}

function lossesUntilBlowUp(of: (rate: number) => number): number[] {
  const losses: number[] = []
  for (const [index, rate] of RATES.entries()) {
    // As uneven as batches are.
    losses.push(of(rate) * (1 + 0.05 * Math.sin(index * 7)))
    if (hasBlownUp(losses)) break
  }
  return losses
}

test('rates go up by one factor, and stay below the last', () => {
  expect([RATES[0], RATES[300], RATES.length]).toEqual([1e-5, expect.closeTo(1e-2, 12), 600])
  expect(RATES.at(-1)).toBeLessThan(10)
})

test('a tenth of where the loss turns is suggested, with the reason', () => {
  const losses = lossesUntilBlowUp(lossAt)
  expect(losses.length).toBeLessThan(RATES.length)
  const { rate, reason } = suggestRate(RATES, losses, true)
  expect(rate).toBeGreaterThan(0.007)
  expect(rate).toBeLessThan(0.013)
  expect(reason).toMatch(/^the loss fell from 2\.\d+ to 0\.\d+, least at 0\.\d+ and blew up at 0\.\d+; a tenth/)
})

test.each([
  ['never falls', () => 2.3, /^no rate made the loss fall .*: try rates up to a higher one$/],
  ['only climbs', (rate: number) => 2.3 + 1e5 * rate, /try rates from a lower one on$/],
  ['is no number', () => NaN, /^the loss blew up after 1 steps: try rates from a lower one on$/],
])('nothing is suggested for a loss that %s', (_, of, reason) => {
  const losses = lossesUntilBlowUp(of)
  expect(suggestRate(RATES, losses, losses.length < RATES.length)).toEqual({
    rate: null,
    reason: expect.stringMatching(reason),
  })
})

test('one bad batch is no blow-up', () => {
  const losses = Array.from({ length: 50 }, (_, index) => (index === 40 ? 5 : 2.3 - index / 100))
  expect(losses.map((__, index) => hasBlownUp(losses.slice(0, index + 1)))).not.toContain(true)
})

test('smoothing does not shift the curve', () => {
  const losses = Array.from({ length: 101 }, (_, index) => Math.abs(index - 50))
  const curve = smoothed(losses)
  expect(curve.indexOf(Math.min(...curve))).toBe(50)
})
