/** One case of bench:train: first whether all do the same work, then rounds in which they take turns. */
import type { BenchCase } from './cases.ts'
import type { Contender, KerasPeer } from './contenders.ts'
import { epochDifference, largestDifference, msPerStep, type Fitted } from './fitted.ts'
import type { Work } from './work.ts'

const STEPS_PER_EXECUTION = [10, 20, 50, 100]

export interface Contenders {
  readonly keras: KerasPeer
  /** null: it could not be started. */
  readonly tfjsNode: Contender | null
  readonly minima: Contender
}

export interface ContenderResult {
  readonly name: string
  readonly version: string
  /** Milliseconds per step, one of each round. */
  readonly runs: readonly number[]
  /** From the losses of Keras's plain `fit`, relative; null where it could not be compared. */
  readonly difference: { readonly worstStep: number; readonly epoch: number } | null
  readonly stepsPerEpoch: number | null
  /** Why it did not train. */
  readonly problem: string | null
}

export interface CaseResult {
  readonly case: BenchCase
  readonly stepsPerEpoch: number
  readonly kerasFit: ContenderResult
  readonly kerasBest: ContenderResult
  readonly tfjsNode: ContenderResult | null
  readonly minima: ContenderResult
}

export interface CaseWork {
  /** Few rows, for the comparison of losses. */
  readonly compared: Work
  readonly timed: Work
}

export async function measureCase(work: CaseWork, contenders: Contenders, rounds: number): Promise<CaseResult> {
  const { keras } = contenders
  const best = keras.withStepsPerExecution(await bestStepsPerExecution(keras, work.timed))
  const reference = await traceOf(keras.fitAsItComes, work.compared)
  const turns = [
    createTurns(keras.fitAsItComes),
    createTurns(best),
    ...(contenders.tfjsNode ? [createTurns(contenders.tfjsNode)] : []),
    createTurns(contenders.minima),
  ]
  for (const one of turns) await one.compare(work.compared, reference)
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < turns.length; place++) await turns[(round + place) % turns.length]?.time(work.timed)
  }
  const resultOf = (contender: Contender): ContenderResult => {
    const found = turns.find((one) => one.contender === contender)
    if (!found) throw new Error(`${contender.name} had no turn`)
    return found.result()
  }
  return {
    case: work.timed.case,
    stepsPerEpoch: work.timed.stepsPerEpoch,
    kerasFit: resultOf(keras.fitAsItComes),
    kerasBest: resultOf(best),
    tfjsNode: contenders.tfjsNode && resultOf(contenders.tfjsNode),
    minima: resultOf(contenders.minima),
  }
}

/** Each count has two turns, so that a busy moment of the machine does not choose. */
async function bestStepsPerExecution(keras: KerasPeer, work: Work): Promise<number> {
  const counts = STEPS_PER_EXECUTION.filter((count) => count <= work.stepsPerEpoch)
  const fastest = new Map<number, number>()
  for (const count of [...counts, ...counts]) {
    const options = { epochs: 1 + work.case.epochs, shuffle: true, trace: false }
    const ms = msPerStep(await keras.withStepsPerExecution(count).fit(work, options))
    fastest.set(count, Math.min(ms, fastest.get(count) ?? Infinity))
  }
  const tried = [...fastest].sort(([, one], [, other]) => one - other)
  console.log(`  Keras, steps per execution: ${tried.map(([count, ms]) => `${count} ${ms.toFixed(3)} ms`).join(', ')}`)
  const [best, ...others] = tried
  for (const [count] of others) await keras.forget(count)
  return best?.[0] ?? 1
}

function traceOf(contender: Contender, work: Work): Promise<Fitted> {
  return contender.fit(work, { epochs: 1, shuffle: false, trace: true })
}

interface Turns {
  readonly contender: Contender
  compare(work: Work, reference: Fitted): Promise<void>
  time(work: Work): Promise<void>
  result(): ContenderResult
}

/** After a failure it has no more turns. */
function createTurns(contender: Contender): Turns {
  const runs: number[] = []
  let difference: ContenderResult['difference'] = null
  let stepsPerEpoch: number | null = null
  let problem: string | null = null
  const unlessFailed = async (action: () => Promise<void>): Promise<void> => {
    if (problem !== null) return
    await action().catch((error: Error) => {
      problem = error.message
      console.log(`  ${contender.name}: ${problem}`)
    })
  }
  return {
    contender,
    compare: (work, reference) =>
      unlessFailed(async () => {
        const plan = { rows: work.rows, batchSize: work.case.fit.batchSize }
        const fitted = await traceOf(contender, work)
        const epoch = epochDifference(reference, fitted)
        difference = { worstStep: largestDifference(reference, fitted, plan), epoch }
        const [step, mean] = [difference.worstStep.toExponential(1), epoch.toExponential(1)]
        console.log(`  ${contender.name}: losses differ by ${step} at the worst step, by ${mean} over the epoch`)
      }),
    time: (work) =>
      unlessFailed(async () => {
        const fitted = await contender.fit(work, { epochs: 1 + work.case.epochs, shuffle: true, trace: false })
        const ms = msPerStep(fitted)
        runs.push(ms)
        stepsPerEpoch = fitted.steps / fitted.epochEndsMs.length
        const loss = fitted.epochLosses.at(-1)?.toFixed(4)
        console.log(`  ${contender.name}: ${ms.toFixed(3)} ms/step, loss of the last epoch ${loss}`)
      }),
    result: () => ({
      name: contender.name,
      version: contender.version,
      runs,
      difference,
      stepsPerEpoch,
      problem,
    }),
  }
}
