/** Follows a row through the graph. */
import type { GraphValue, ModelGraph } from './model-graph.ts'
import type { Shape } from './layer-kind.ts'
import { ShapeFault } from './layer-kind.ts'
import { outputShapeOf } from './layer-kinds.ts'

export interface ShapeTrace {
  /** What each node is given, up to the first that cannot take it and that one included. */
  readonly given: readonly (readonly Shape[])[]
  /** What each node gives, up to that one. */
  readonly gives: readonly Shape[]
  /** The first layer that cannot take what it is given. */
  readonly fault: { readonly layer: number; readonly error: ShapeFault } | null
}

export function traceShapes({ inputs, nodes }: ModelGraph): ShapeTrace {
  const given: (readonly Shape[])[] = []
  const gives: Shape[] = []
  const shapeOf = (value: GraphValue): Shape =>
    ('input' in value ? inputs[value.input]?.shape : gives[value.node]) ?? []
  for (const [index, { spec, from, owner }] of nodes.entries()) {
    const shapes = from.map(shapeOf)
    given.push(shapes)
    try {
      const shared = given[owner]?.[0] ?? []
      if (owner !== index && String(shared) !== String(shapes[0])) {
        throw new ShapeFault(`what the shared layer took at first, [${shared.join(', ')}]`, shapes[0] ?? [])
      }
      gives.push(outputShapeOf(spec, shapes))
    } catch (error) {
      if (error instanceof ShapeFault) return { given, gives, fault: { layer: index, error } }
      throw error
    }
  }
  return { given, gives, fault: null }
}
