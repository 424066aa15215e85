/** A figure that a callback watches: what it is called, and when it is better than another. */
import type { CallbackOf } from '../../../../contract/experiment/callbacks.ts'
import { directionOf } from '../../../../contract/terms.ts'

type Watched = Pick<CallbackOf<'earlyStopping'>, 'monitor' | 'mode'>

/** To the name in logs: `validation/loss`, `valLoss` and `val_loss` are `val_loss`; `epoch/loss` is `loss`. */
export function monitorName(given: string): string {
  const [, group, rest = given] = /^(validation|epoch|train)\/(.+)$/.exec(given) ?? []
  if (group !== undefined) return group === 'validation' ? `val_${rest}` : rest
  const [, ofValidation] = /^val(?:_|(?=[A-Z]))(.+)$/.exec(given) ?? []
  if (ofValidation === undefined) return camelCase(given)
  return `val_${camelCase(ofValidation.charAt(0).toLowerCase() + ofValidation.slice(1))}`
}

/** `mean_squared_error` → `meanSquaredError`; names of outputs and metrics may have underscores of their own. */
function camelCase(name: string): string {
  return name === 'learning_rate' ? name : name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** Of a figure in the logs, whichever way its name is written there. */
export function monitored(logs: Readonly<Record<string, number>>, monitor: string): number | undefined {
  return logs[monitor] ?? logs[monitorName(monitor)]
}

/** For people. */
export function shown(figure: number | null): string {
  return figure === null ? 'never' : String(Number(figure.toPrecision(4)))
}

/** Whether `current` beats `best` by more than `minDelta`, in float32 as Keras compares; anything beats null. */
export type Improvement = (current: number, best: number | null, minDelta: number) => boolean

export function improvementOf({ monitor, mode }: Watched): Improvement {
  const maximised = (mode === 'auto' ? directionOf(monitor) : mode) === 'max'
  return (current, best, minDelta) => {
    if (best === null) return true
    return maximised
      ? Math.fround(current - minDelta) > Math.fround(best)
      : Math.fround(current + minDelta) < Math.fround(best)
  }
}
