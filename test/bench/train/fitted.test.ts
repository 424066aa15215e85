/** Speed without the warm-up, and the comparison that tells whether two trainings did the same work. */
import { describe, expect, it } from 'vitest'
import { epochDifference, largestDifference, msPerStep, type Fitted, type LossEntry } from './fitted.ts'

function fitted(part: Partial<Fitted>): Fitted {
  return { epochEndsMs: [], steps: 0, epochLosses: [], trace: [], ...part }
}

function traced(...trace: LossEntry[]): Fitted {
  return fitted({ trace })
}

describe('msPerStep', () => {
  it('leaves the first epoch out', () => {
    expect(msPerStep(fitted({ epochEndsMs: [9_000, 9_100, 9_300], steps: 30 }))).toBe(15)
  })

  it('is no number when there is nothing but a warm-up', () => {
    expect(msPerStep(fitted({ epochEndsMs: [9_000], steps: 10 }))).toBeNaN()
  })
})

describe('largestDifference', () => {
  const plan = { rows: 10, batchSize: 4 } // steps of 4, 4 and 2 rows
  const reference = traced({ step: 1, loss: 4 }, { step: 2, loss: 2 }, { step: 3, loss: 1 })

  it('is relative, and that of the worst step', () => {
    const other = traced({ step: 1, loss: 4.1 }, { step: 2, loss: 2.2 }, { step: 3, loss: 1 })
    expect(largestDifference(reference, other, plan)).toBeCloseTo(0.1, 10)
  })

  it('compares an entry of several steps with the mean over their rows', () => {
    const mean = (2 * 4 + 1 * 2) / 6
    const other = traced({ step: 1, loss: 4 }, { step: 3, loss: mean })
    expect(largestDifference(reference, other, plan)).toBeCloseTo(0, 10)
    const meanOverSteps = traced({ step: 1, loss: 4 }, { step: 3, loss: 1.5 })
    expect(largestDifference(reference, meanOverSteps, plan)).toBeGreaterThan(0.05)
  })

  it('refuses a training that left the last batch out, and one that has a step too many', () => {
    const short = traced({ step: 1, loss: 4 }, { step: 2, loss: 2 })
    expect(() => largestDifference(reference, short, plan)).toThrow('3 steps were due, not 2')
    const long = traced(...reference.trace, { step: 4, loss: 1 })
    expect(() => largestDifference(reference, long, plan)).toThrow('3 steps were due, not 4')
  })

  it('does not take a loss that is no number for an equal one', () => {
    const other = traced({ step: 1, loss: NaN }, { step: 2, loss: 2 }, { step: 3, loss: 1 })
    expect(largestDifference(reference, other, plan)).toBeNaN()
  })
})

describe('epochDifference', () => {
  it('is relative to the reference, and no number when there is no epoch', () => {
    expect(epochDifference(fitted({ epochLosses: [2, 1] }), fitted({ epochLosses: [2.1, 5] }))).toBeCloseTo(0.05, 10)
    expect(epochDifference(fitted({ epochLosses: [2] }), fitted({}))).toBeNaN()
  })
})
