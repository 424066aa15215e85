/** Evaluates a part of the data in the course of a training: callbacks and the report are told. */
import type { Logs } from './callbacks/callback.ts'
import type { CallbackList } from './callbacks/callback-list.ts'
import { evaluate } from './evaluate.ts'
import type { FitReport } from './fit-report.ts'
import type { PreparedTraining } from './prepare-training.ts'
import type { EvaluatedPart } from './steps.ts'

export interface JudgeParts {
  readonly training: PreparedTraining
  readonly report: FitReport
  readonly callbacks: CallbackList
  /** Where the training stands when it is asked. */
  readonly control: { readonly epoch: number; readonly step: number }
  readonly breathe: () => Promise<void>
}

/** Gives loss and metrics by name; nothing when the part has no rows. */
export type Judge = (part: EvaluatedPart) => Promise<Logs>

export function createJudge({ training, report, callbacks, control, breathe }: JudgeParts): Judge {
  const { data, steps } = training
  const pause = (): Promise<void> => {
    report.progress('evaluating', control.epoch, control.step)
    return breathe()
  }
  return async (part) => {
    const rows = data[part]?.rows ?? 0
    if (rows === 0) return {}
    const startedAt = performance.now()
    await callbacks.whole('onTestBegin', {})
    const batches = callbacks.testBatches()
    const { loss, metrics } = await evaluate(steps, part, rows, training.metrics('evaluation'), pause, batches)
    const logs = { loss, ...Object.fromEntries(metrics) }
    await callbacks.whole('onTestEnd', logs)
    report.evaluated(performance.now() - startedAt)
    report.summed(part, control.step, logs)
    return logs
  }
}
