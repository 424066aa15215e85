/** What Minima knows of a layer type: its shapes and weights, told without TensorFlow.js, and how to build it with it. */
import type { LayerOf, LayerType } from '../../../contract/experiment/layers.ts'
import type { Constraint, Regularizer } from '../../../contract/experiment/layers/weights.ts'
import type { Draw } from './initial-weights.ts'
import type { StepCounter } from './step-counter.ts'
import type { Tf, TfLayer } from './tf.ts'

/** Sizes without the batch dimension. */
export type Shape = readonly number[]

export interface Weight {
  readonly name: string
  readonly shape: Shape
  readonly trainable: boolean
  /** First values. */
  readonly draw: Draw
  readonly regularizer?: Regularizer | undefined
  readonly constraint?: Constraint | undefined
}

export interface BuildArgs {
  readonly name: string
  /** Given to the first layer of a model. */
  readonly inputShape?: number[]
  /** false: its weights stay as they are. */
  readonly trainable?: boolean
}

/** What a layer's noise is drawn from. */
export interface NoiseSource {
  readonly seed: number
  readonly counter: StepCounter
}

/** What a layer is built within. */
export interface BuildContext extends NoiseSource {
  /** What the numbers of text columns stand for. */
  readonly texts?: readonly string[] | undefined
}

/** All three functions may count on `outputShape` having accepted the input. */
export interface LayerKind<T extends LayerType> {
  /** Keras's automatic name, without its number: `max_pooling2d`. */
  readonly autoName: string
  /** How many inputs; by default one. */
  readonly takes?: 2 | 'several'
  /** @param others inputs after the first @throws ShapeFault */
  outputShape(spec: LayerOf<T>, input: Shape, others?: readonly Shape[]): Shape
  /** In the order in which TensorFlow.js keeps them. */
  weights(spec: LayerOf<T>, input: Shape): readonly Weight[]
  /** Weights are drawn and set afterwards. */
  build(tf: Tf, spec: LayerOf<T>, args: BuildArgs, context: BuildContext, input: Shape): TfLayer
}

export const NO_WEIGHTS = (): readonly Weight[] => []

/** A layer was given what it cannot take; the message says what it wanted and what it got. */
export class ShapeFault extends Error {
  override readonly name = 'ShapeFault'

  constructor(wanted: string, got: Shape, advice?: string) {
    super(`expected ${wanted}, got ${showShape(got)}${advice === undefined ? '' : `; ${advice}`}`)
  }
}

export function showShape(shape: Shape): string {
  return `[${shape.join(', ')}]`
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** The last size: channels or features. */
export function lastOf(shape: Shape): number {
  return shape.at(-1) ?? 1
}
