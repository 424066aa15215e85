/** Keras's names and Minima's: classes and layer types, snake_case and camelCase. */
import { LAYER_TYPES, type LayerType } from '../../../../contract/experiment/layers.ts'

/** Classes whose types are not their names with a small first letter. */
const CLASSES: Partial<Record<LayerType, string>> = {
  relu: 'ReLU',
  prelu: 'PReLU',
  elu: 'ELU',
  lstm: 'LSTM',
  gru: 'GRU',
  rmsNormalization: 'RMSNormalization',
}

/** `maxPooling2d` → `MaxPooling2D` */
export function classOfType(type: LayerType): string {
  return CLASSES[type] ?? upperFirst(type).replace(/(\d)d/, '$1D')
}

const TYPES: ReadonlyMap<string, LayerType> = new Map(
  LAYER_TYPES.filter((type) => type !== 'shared').map((type) => [classOfType(type as LayerType), type as LayerType]),
)

/** `MaxPooling2D` → `maxPooling2d`; undefined: Minima has no such layer. */
export function typeOfClass(className: string): LayerType | undefined {
  return TYPES.get(className)
}

export function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

/** `useBias` → `use_bias`, `beta1` → `beta_1` */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/^beta(\d)$/, 'beta_$1')
}

/** `use_bias` → `useBias`, `beta_1` → `beta1` */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** How Keras calls the group of a class in its weights: `MaxPooling2D` → `max_pooling2d`. */
export function groupName(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
}

/** Numbers names that were there before, as Keras does: `dense`, `dense_1`, … */
export function createNumbering(): (name: string) => string {
  const counts = new Map<string, number>()
  return (name) => {
    const count = counts.get(name) ?? 0
    counts.set(name, count + 1)
    return count === 0 ? name : `${name}_${count}`
  }
}
