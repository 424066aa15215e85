/** Training steps, one by one, held against those of Keras: every run of every `steps_*.json`, by every engine. */
import { describe, expect, it } from 'vitest'
import { ENGINES, type Trained } from './engines.ts'
import { noGoldens, numberOf, readGoldens } from './goldens.ts'
import { noRows, stepRun, type GoldenModel, type GoldenRows, type GoldenRun } from './step-runs.ts'

interface WeightSums {
  readonly sum: number
  readonly sumsq: number
  readonly first5: readonly number[]
  readonly last3: readonly number[]
}

interface GoldenTraining extends GoldenRun {
  readonly losses: readonly (number | string)[]
  readonly final_weights: readonly WeightSums[]
}

interface StepsGolden {
  readonly data: GoldenRows
  readonly model: GoldenModel
  readonly steps: number
  readonly runs: Readonly<Record<string, GoldenTraining>>
}

/** How far losses may be from Keras's, and the weights at the end. */
interface Tolerance {
  readonly ofLoss: (step: number) => number
  readonly ofWeights: number
  /** Single weights are told apart from one another only where rounding cannot turn a step around. */
  readonly elements: boolean
}

/** Lion takes the sign of tiny gradients: after some steps one differs, and with it everything. */
function toleranceOf(golden: GoldenTraining, tolerance: number): Tolerance {
  if (golden.optimizer !== 'Lion') return { ofLoss: () => tolerance, ofWeights: tolerance, elements: true }
  return { ofLoss: (step) => (step < 4 ? tolerance : 3e-2), ofWeights: 3e-2, elements: false }
}

function expectSteps(trained: Trained, golden: GoldenTraining, tolerance: Tolerance): void {
  const wanted = golden.losses.map(numberOf)
  expect(trained.losses).toHaveLength(wanted.length)
  const apart = wanted.flatMap((loss, step) => {
    const got = trained.losses[step] ?? NaN
    const relative = Math.abs(got - loss) / Math.abs(loss)
    return relative <= tolerance.ofLoss(step) || Object.is(got, loss) ? [] : [{ step, got, loss, relative }]
  })
  expect(apart.slice(0, 3)).toEqual([])
  expect(trained.weights).toHaveLength(golden.final_weights.length)
  golden.final_weights.forEach((sums, index) => {
    expectWeights(trained.weights[index] ?? new Float32Array(), sums, tolerance)
  })
}

function expectWeights(weights: Float32Array, golden: WeightSums, { ofWeights, elements }: Tolerance): void {
  const sumOf = (of: (weight: number) => number): number => weights.reduce((total, weight) => total + of(weight), 0)
  expect(Math.abs(sumOf((weight) => weight * weight) - golden.sumsq)).toBeLessThanOrEqual(ofWeights * golden.sumsq)
  const spread = Math.sqrt(weights.length * golden.sumsq)
  expect(Math.abs(sumOf((weight) => weight) - golden.sum)).toBeLessThanOrEqual((ofWeights / 10) * spread)
  if (!elements) return
  const size = Math.sqrt(golden.sumsq / weights.length)
  const ends = [...weights.subarray(0, 5), ...weights.subarray(-3)]
  const wanted = [...golden.first5, ...golden.last3]
  wanted.forEach((weight, index) => {
    const apart = Math.abs((ends[index] ?? NaN) - weight)
    expect(apart).toBeLessThanOrEqual(ofWeights * Math.max(size, Math.abs(weight)))
  })
}

const goldens = readGoldens<StepsGolden>('steps')

describe.each(ENGINES)('steps like Keras: $name', (engine) => {
  if (goldens.length === 0) it('every steps_*.json', ({ skip }) => skip(noGoldens('steps')))

  describe.each(goldens)('$file', ({ golden }) => {
    const runs = Object.entries(golden.runs).slice(0, engine.runs)
    it.for(runs.map(([name, run]) => ({ name, run })))('$name', async ({ run }, { skip }) => {
      const obstacle = noRows() ?? engine.available()
      if (obstacle !== null) return skip(`${engine.name}: ${obstacle}`)
      const trained = await engine.run(stepRun(golden.model, golden.data, run, golden.steps))
      expectSteps(trained, run, toleranceOf(run, engine.tolerance))
    })
  })
})
