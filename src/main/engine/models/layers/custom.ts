/** Layers that TensorFlow.js lacks, or has with other numbers than Keras's, said by what they compute. */
import type { LayerOf, LayerType } from '../../../../contract/experiment/layers.ts'
import type { BuildArgs, LayerKind, Shape, Weight } from '../layer-kind.ts'
import { NO_WEIGHTS } from '../layer-kind.ts'
import type { Tensor, Tf, TfLayer } from '../tf.ts'

export interface CustomLayer {
  /** Keras's name of the class, which saved models have. */
  readonly className: string
  /** Keras's parameters, in camelCase, for saved models. */
  readonly config: Readonly<Record<string, unknown>>
  readonly weights?: readonly Weight[]
  readonly outputShape: Shape
  /** @param input float32 [rows, …input shape] @param weights in the order of `weights` */
  call(input: Tensor, weights: readonly Tensor[], training: boolean): Tensor
}

const own = new WeakSet<TfLayer>()

/** Whether TensorFlow.js itself has no such layer, or another. */
export function isCustomLayer(layer: TfLayer): boolean {
  return own.has(layer)
}

export function customLayer(tf: Tf, args: BuildArgs, custom: CustomLayer): TfLayer {
  class Custom extends tf.layers.Layer {
    static readonly className = custom.className
    override readonly supportsMasking = true
    readonly #own: { read(): Tensor }[] = []

    override build(): void {
      for (const { name, shape, trainable } of custom.weights ?? []) {
        const first = tf.initializers.zeros()
        this.#own.push(this.addWeight(name, [...shape], 'float32', first, undefined, trainable))
      }
      this.built = true
    }

    override computeOutputShape(inputShape: (number | null)[]): (number | null)[] {
      return [inputShape[0] ?? null, ...custom.outputShape]
    }

    override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean }): Tensor {
      const [input] = [inputs].flat()
      if (input === undefined) throw new TypeError(`${custom.className} was called without an input`)
      const weights = this.#own.map((weight) => weight.read())
      return tf.tidy(() => custom.call(input, weights, kwargs.training === true))
    }

    override getConfig() {
      return { ...super.getConfig(), ...(custom.config as ReturnType<TfLayer['getConfig']>) }
    }
  }
  const layer = new Custom(args)
  own.add(layer)
  return layer
}

/** The parameters of a spec that a saved model keeps: all but what every layer has. */
export function configOf(spec: { readonly type: string }): Readonly<Record<string, unknown>> {
  const own = new Set(['type', 'name', 'trainable', 'from'])
  return Object.fromEntries(Object.entries(spec).filter(([key]) => !own.has(key)))
}

/** A layer type that is no more than what it computes. */
export interface Computed<S> {
  readonly autoName: string
  /** Keras's name of the class. */
  readonly className: string
  /** @throws ShapeFault; by default it gives what it takes */
  outputShape?(spec: S, input: Shape): Shape
  weights?(spec: S, input: Shape): readonly Weight[]
  /** @param values float32 [rows, …shapes.input] @param weights in the order of `weights` */
  call(
    tf: Tf,
    spec: S,
    values: Tensor,
    weights: readonly Tensor[],
    shapes: { readonly input: Shape; readonly output: Shape },
  ): Tensor
}

export function computedKind<T extends LayerType>(computed: Computed<LayerOf<T>>): LayerKind<T> {
  const { autoName, className, outputShape = (_spec, input) => input, weights = NO_WEIGHTS } = computed
  return {
    autoName,
    outputShape,
    weights,
    build(tf, spec, args, _noise, input) {
      const output = outputShape(spec, input)
      return customLayer(tf, args, {
        className,
        config: configOf(spec),
        weights: weights(spec, input),
        outputShape: output,
        call: (values, own) => computed.call(tf, spec, values, own, { input, output }),
      })
    },
  }
}
