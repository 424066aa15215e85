/** The form in which Keras 3 writes objects into its configs. */

export interface KerasObject {
  readonly module: string
  readonly class_name: string
  readonly config: Readonly<Record<string, unknown>>
  readonly registered_name: string | null
}

export function kerasObject(module: string, className: string, config: Readonly<Record<string, unknown>>): KerasObject {
  return { module, class_name: className, config, registered_name: null }
}

export const FLOAT32 = kerasObject('keras', 'DTypePolicy', { name: 'float32' })

export type Mapping = Readonly<Record<string, unknown>>

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a file cannot say in the other's words: collected, so that all are told at once. */
export type TellFault = (message: string) => void

/** A number that Python is to read as a float, whole or not: some of Keras's constructors refuse an int. */
export function pythonFloat(value: number): unknown {
  if (!Number.isInteger(value)) return value
  return (JSON as typeof JSON & { rawJSON(text: string): unknown }).rawJSON(value.toFixed(1))
}
