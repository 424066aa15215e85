/** Follows a row through the layers. */
import type { LayerSpec } from '../../../contract/experiment/layers.ts'
import type { Shape } from './layer-kind.ts'
import { ShapeFault } from './layer-kind.ts'
import { outputShapeOf } from './layer-kinds.ts'

export interface ShapeTrace {
  /** What each layer is given; one more at the end, what the last one gives, when there is no fault. */
  readonly shapes: readonly Shape[]
  /** The first layer that cannot take what it is given. */
  readonly fault: { readonly layer: number; readonly error: ShapeFault } | null
}

export function traceShapes(layers: readonly LayerSpec[], inputShape: Shape): ShapeTrace {
  const shapes: Shape[] = [inputShape]
  for (const [index, layer] of layers.entries()) {
    try {
      shapes.push(outputShapeOf(layer, shapes.at(-1) ?? []))
    } catch (error) {
      if (error instanceof ShapeFault) return { shapes, fault: { layer: index, error } }
      throw error
    }
  }
  return { shapes, fault: null }
}
