/** Preprocessing steps that scale and shift, composed into one multiply and one add per feature. */
import type { PreprocessStep } from '../../../contract/experiment/data.ts'
import type { Affine, DiskRows, Table } from './dataset.ts'
import { walkRows } from './walk-rows.ts'

/** Features adapted to: rows of a table (null: all), and the step after which each of its features came to be. */
export interface AffineInput {
  readonly table: Table | DiskRows
  readonly rows: Int32Array | null
  /** Index of the one-hot step that made a feature; -1: it was there from the start. Steps before it pass it by. */
  readonly madeBy: readonly number[]
}

/** What Keras's Normalization divides by at least. */
const LEAST_DEVIATION = 1e-7

/** null when no step scales or shifts. Statistics are over the given rows only, accumulated in float64. */
export function composeAffine(steps: readonly PreprocessStep[], input: AffineInput): Affine | null {
  const scaling = steps.map((step, index) => ({ step, index })).filter(({ step }) => step.type !== 'oneHot')
  if (scaling.length === 0) return null
  const width = input.table.featureWidth
  const adapts = scaling.some(({ step }) => step.type !== 'scale')
  const statistics = adapts ? featureStatistics(input) : null
  const multiply = new Float64Array(width)
  const add = new Float64Array(width)
  for (let feature = 0; feature < width; feature++) {
    let composed = { multiply: 1, add: 0 }
    for (const { step, index } of scaling) {
      if (index > (input.madeBy[feature] ?? -1)) composed = applyStep(step, composed, statistics?.[feature])
    }
    multiply[feature] = composed.multiply
    add[feature] = composed.add
  }
  return collapse({ multiply, add })
}

interface Line {
  readonly multiply: number
  readonly add: number
}

/** Of one feature, before any step. */
interface FeatureStatistics {
  readonly mean: number
  /** Population standard deviation. */
  readonly deviation: number
  readonly least: number
  readonly greatest: number
}

function applyStep(step: PreprocessStep, line: Line, statistics: FeatureStatistics | undefined): Line {
  const { mean = 0, deviation = 0, least = 0, greatest = 0 } = statistics ?? {}
  const onto = (multiply: number, add: number): Line => ({
    multiply: line.multiply * multiply,
    add: line.add * multiply + add,
  })
  const at = (x: number): number => x * line.multiply + line.add
  switch (step.type) {
    case 'scale':
      return { multiply: line.multiply / step.divideBy, add: line.add / step.divideBy }
    case 'standardize': {
      const divisor = Math.max(Math.abs(line.multiply) * deviation, LEAST_DEVIATION)
      return onto(1 / divisor, -at(mean) / divisor)
    }
    case 'minMax': {
      const [low, high] = line.multiply < 0 ? [at(greatest), at(least)] : [at(least), at(greatest)]
      const stretch = (step.to[1] - step.to[0]) / (high > low ? high - low : 1)
      return onto(stretch, step.to[0] - low * stretch)
    }
    case 'oneHot':
      return line
  }
}

/** One element for all features when they are all alike: the fast way through a batch. */
function collapse({ multiply, add }: Affine): Affine {
  const alike = multiply.every((value) => value === multiply[0]) && add.every((value) => value === add[0])
  return alike ? { multiply: multiply.slice(0, 1), add: add.slice(0, 1) } : { multiply, add }
}

function featureStatistics({ table, rows }: AffineInput): FeatureStatistics[] {
  const { featureWidth: width } = table
  const count = rows?.length ?? table.rows
  const sums = new Float64Array(width)
  const least = new Float64Array(width).fill(Infinity)
  const greatest = new Float64Array(width).fill(-Infinity)
  walkRows(table, rows, (features, from) => {
    for (let feature = 0; feature < width; feature++) {
      const value = features[from + feature] ?? 0
      sums[feature] = (sums[feature] ?? 0) + value
      if (value < (least[feature] ?? 0)) least[feature] = value
      if (value > (greatest[feature] ?? 0)) greatest[feature] = value
    }
  })
  const means = sums.map((sum) => sum / count)
  const squares = new Float64Array(width)
  walkRows(table, rows, (features, from) => {
    for (let feature = 0; feature < width; feature++) {
      const distance = (features[from + feature] ?? 0) - (means[feature] ?? 0)
      squares[feature] = (squares[feature] ?? 0) + distance * distance
    }
  })
  return Array.from(squares, (square, feature) => ({
    mean: means[feature] ?? 0,
    deviation: Math.sqrt(square / count),
    least: least[feature] ?? 0,
    greatest: greatest[feature] ?? 0,
  }))
}
