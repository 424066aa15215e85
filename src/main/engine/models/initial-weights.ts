/** First values of weights: Keras's distributions, drawn with Minima's own generator so that every backend starts alike. */
import { MinimaError } from '../../../contract/errors.ts'
import type { Initializer, InitializerName, InitializerObject } from '../../../contract/experiment/layers/weights.ts'
import type { Random } from '../data/random.ts'
import { orthogonalMatrix } from './orthogonal-matrix.ts'

export type Draw = (shape: readonly number[], random: Random) => Float32Array

function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

function constant(value: number): Draw {
  return (shape) => new Float32Array(size(shape)).fill(value)
}

export const zeros = constant(0)
export const ones = constant(1)

function uniform(least: number, greatest: number): Draw {
  const centre = (least + greatest) / 2
  const half = (greatest - least) / 2
  return (shape, random) =>
    Float32Array.from({ length: size(shape) }, () => centre + (2 * random.nextFloat() - 1) * half)
}

function normal(mean: number, stddev: number): Draw {
  return (shape, random) => Float32Array.from({ length: size(shape) }, () => mean + random.nextNormal() * stddev)
}

/** Drawn again beyond two of `stddev`, which makes the deviation of what is drawn smaller. */
function truncatedNormal(mean: number, stddev: number): Draw {
  return (shape, random) =>
    Float32Array.from({ length: size(shape) }, () => {
      let drawn = random.nextNormal()
      while (Math.abs(drawn) > 2) drawn = random.nextNormal()
      return mean + drawn * stddev
    })
}

/** Standard deviation of a standard normal cut off at two: what Keras divides by, so that the cut keeps the variance. */
const TRUNCATED_STDDEV = 0.87962566103423978

/** Inputs and outputs of a unit; for convolutions times the window, [...window, in, out]. */
export function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const [only = 1] = shape
  if (shape.length < 2) return { fanIn: only, fanOut: only }
  const window = size(shape.slice(0, -2))
  return { fanIn: window * (shape.at(-2) ?? 1), fanOut: window * (shape.at(-1) ?? 1) }
}

type Scaling = Omit<Extract<InitializerObject, { type: 'varianceScaling' }>, 'type'>

/** Variance `scale / fan`. */
function varianceScaling({ scale, mode, distribution }: Scaling): Draw {
  return (shape, random) => {
    const { fanIn, fanOut } = fans(shape)
    const variance = scale / { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[mode]
    const stddev = Math.sqrt(variance)
    const limit = Math.sqrt(3 * variance)
    const draw = {
      uniform: uniform(-limit, limit),
      truncatedNormal: truncatedNormal(0, stddev / TRUNCATED_STDDEV),
      untruncatedNormal: normal(0, stddev),
    }[distribution]
    return draw(shape, random)
  }
}

/** Columns are orthonormal times `gain`; dimensions before the last count as one. */
function orthogonalTimes(gain: number): Draw {
  return (shape, random) => {
    const columns = shape.at(-1) ?? 1
    return orthogonalMatrix(size(shape) / columns, columns, random).map((value) => value * gain)
  }
}

export const orthogonal = orthogonalTimes(1)

/** @throws MinimaError `experiment-invalid` unless it is to fill a matrix */
function identity(gain: number): Draw {
  return (shape) => {
    const [rows = 0, columns = 0] = shape
    if (shape.length !== 2) {
      const message = `the initializer identity fills matrices, not weights of [${shape.join(', ')}]; choose another one`
      throw new MinimaError('experiment-invalid', message)
    }
    const matrix = new Float32Array(rows * columns)
    for (let place = 0; place < Math.min(rows, columns); place++) matrix[place * columns + place] = gain
    return matrix
  }
}

const scaled = (distribution: Scaling['distribution'], scale: number, mode: Scaling['mode']): Draw =>
  varianceScaling({ scale, mode, distribution })

/** With Keras's default parameters. */
const INITIALIZERS: Readonly<Record<InitializerName, Draw>> = {
  glorotUniform: scaled('uniform', 1, 'fanAvg'),
  glorotNormal: scaled('truncatedNormal', 1, 'fanAvg'),
  heUniform: scaled('uniform', 2, 'fanIn'),
  heNormal: scaled('truncatedNormal', 2, 'fanIn'),
  leCunUniform: scaled('uniform', 1, 'fanIn'),
  leCunNormal: scaled('truncatedNormal', 1, 'fanIn'),
  lecunUniform: scaled('uniform', 1, 'fanIn'),
  lecunNormal: scaled('truncatedNormal', 1, 'fanIn'),
  randomUniform: uniform(-0.05, 0.05),
  randomNormal: normal(0, 0.05),
  truncatedNormal: truncatedNormal(0, 0.05),
  varianceScaling: scaled('truncatedNormal', 1, 'fanIn'),
  orthogonal,
  identity: identity(1),
  constant: zeros,
  zeros,
  ones,
}

export function drawOf(initializer: Initializer): Draw {
  if (typeof initializer === 'string') return INITIALIZERS[initializer]
  switch (initializer.type) {
    case 'constant':
      return constant(initializer.value)
    case 'randomUniform':
      return uniform(initializer.minval, initializer.maxval)
    case 'randomNormal':
      return normal(initializer.mean, initializer.stddev)
    case 'truncatedNormal':
      return truncatedNormal(initializer.mean, initializer.stddev)
    case 'varianceScaling':
      return varianceScaling(initializer)
    case 'orthogonal':
      return orthogonalTimes(initializer.gain)
    case 'identity':
      return identity(initializer.gain)
  }
}
