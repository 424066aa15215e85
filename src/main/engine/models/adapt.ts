/** Layers that learn from the training rows before training, as Keras's `adapt` has them do. */
import type { Shape } from './layer-kind.ts'
import type { Tensor, Tf, TfLayer } from './tf.ts'

/** What one layer gathers. */
export interface Adaptation {
  /** @param input of some rows, all of which it is given once */
  see(input: Tensor): void
  /** In the order of the layer's weights. */
  weights(): Tensor[]
}

const adaptable = new WeakMap<TfLayer, () => Adaptation>()

/** The layer's weights come from the rows that it is given. */
export function makeAdaptable(layer: TfLayer, start: () => Adaptation): void {
  adaptable.set(layer, start)
}

/**
 * One layer after the other, each with those before it adapted already.
 *
 * @param pass puts all training rows through the model once, not training
 */
export function adaptLayers(tf: Tf, layers: readonly TfLayer[], pass: () => void): void {
  for (const layer of layers) {
    const adaptation = adaptable.get(layer)?.()
    if (adaptation === undefined) continue
    const call = layer.call.bind(layer)
    layer.call = (inputs, kwargs) => {
      const [input] = [inputs].flat()
      if (input === undefined) throw new TypeError(`${layer.name} was called without an input`)
      adaptation.see(input)
      // Those behind it are given what has its shape; whatever they make of it, nobody looks at it.
      return call(inputs, kwargs)
    }
    try {
      pass()
    } finally {
      layer.call = call
    }
    const weights = adaptation.weights()
    layer.setWeights(weights)
    tf.dispose(weights)
  }
}

/**
 * Mean and population variance, in float64, and a count of 0, as Keras leaves it.
 *
 * @param kept axes, with the batch as 0, each place of which has a mean of its own
 * @param input shape of a row
 */
export function momentsAlong(tf: Tf, kept: readonly number[], input: Shape): Adaptation {
  const shape = kept.map((axis) => input[axis - 1] ?? 1)
  const places = tf.util.sizeFromShape(shape)
  const placeOf = placesOfRow(kept, input)
  const counts = new Float64Array(places)
  const means = new Float64Array(places)
  const squares = new Float64Array(places)
  return {
    see(batch) {
      const values = batch.dataSync()
      for (let index = 0; index < values.length; index++) {
        const place = placeOf[index % placeOf.length] ?? 0
        const value = values[index] ?? NaN
        const count = (counts[place] ?? 0) + 1
        const before = means[place] ?? 0
        const mean = before + (value - before) / count
        counts[place] = count
        means[place] = mean
        squares[place] = (squares[place] ?? 0) + (value - before) * (value - mean)
      }
    },
    weights: () => [
      tf.tensor(Float32Array.from(means), shape),
      tf.tensor(
        Float32Array.from(squares, (sum, place) => sum / (counts[place] ?? 1)),
        shape,
      ),
      tf.scalar(0),
    ],
  }
}

/** To which place each number of a row belongs. */
function placesOfRow(kept: readonly number[], input: Shape): Int32Array {
  const size = input.reduce((product, length) => product * length, 1)
  return Int32Array.from({ length: size }, (_, index) => {
    let rest = index
    const at = [...input].reverse().map((length) => {
      const coordinate = rest % length
      rest = Math.floor(rest / length)
      return coordinate
    })
    at.reverse()
    return kept.reduce((place, axis) => place * (input[axis - 1] ?? 1) + (at[axis - 1] ?? 0), 0)
  })
}
