/** From Keras's configs, as goldens hold them, to what an experiment file says. */
import { optimizer, type OptimizerSpec } from '../../src/contract/experiment/optimizer.ts'

export type KerasConfig = Readonly<Record<string, unknown>>

export interface KerasObject {
  readonly class_name: string
  readonly config: KerasConfig
}

/** `beta_1` → `beta1`, `use_ema` → `useEma`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** Without the name, which is for people. */
export function settingsOf(config: KerasConfig): Record<string, unknown> {
  const entries = Object.entries(config).filter(([key]) => key !== 'name')
  return Object.fromEntries(entries.map(([key, value]) => [camelCase(key), value]))
}

/** `ExponentialDecay` → `{type: exponentialDecay, …}` */
export function scheduleOf({ class_name: name, config }: KerasObject): Record<string, unknown> {
  return { type: name.charAt(0).toLowerCase() + name.slice(1), ...settingsOf(config) }
}

/** @throws when the contract refuses what Keras took */
export function optimizerOf(name: string, config: KerasConfig): OptimizerSpec {
  const { learningRate, ...settings } = settingsOf(config)
  const rate = typeof learningRate === 'object' ? scheduleOf(learningRate as KerasObject) : learningRate
  return optimizer.parse({ type: name.toLowerCase(), learningRate: rate, ...settings })
}
