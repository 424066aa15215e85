/** A part of the data as columns of the session: whole where there is room for it, else handed in batch by batch. */
import { gatherBatch, gatherFeatures, gatherLabels } from '../../data/batches.ts'
import type { Split } from '../../data/dataset.ts'
import { rowRange } from '../../data/random.ts'
import type { Column } from './table.ts'

export interface PartShape {
  readonly features: readonly number[]
  /** One per row; null: all count alike. */
  readonly weights: Float32Array | null
}

/** Bytes that a part takes in the session. */
export function residentBytes(split: Split): number {
  return split.rows * (split.featureWidth * (isBytes(split) ? 1 : 4) + split.labelWidth * 4)
}

export function columnsOf(split: Split, shape: PartShape, resident: boolean): Column[] {
  const column = (name: string, rowShape: readonly number[], values: () => Column['values']): Column => ({
    name,
    shape: rowShape,
    values: resident ? values() : null,
    ofByte: null,
  })
  const features = column('features', shape.features, () => featuresOf(split))
  return [
    { ...features, ofByte: features.values instanceof Uint8Array ? split.ofByte : null },
    column('labels', [split.labelWidth], () => labelsOf(split)),
    ...(shape.weights ? [column('weights', [], () => shape.weights)] : []),
  ]
}

/** The columns of some rows, for a part that is not resident. */
export function handIn(
  split: Split,
  rowNumbers: Int32Array,
  weights: Float32Array | null,
): Readonly<Record<string, Float32Array>> {
  const features = new Float32Array(rowNumbers.length * split.featureWidth)
  const labels = new Float32Array(rowNumbers.length * split.labelWidth)
  gatherBatch(split, rowNumbers, features, labels)
  return {
    features,
    labels,
    ...(weights && { weights: Float32Array.from(rowNumbers, (row) => weights[row] ?? 1) }),
  }
}

function isBytes(split: Split): boolean {
  return split.table.features instanceof Uint8Array && split.ofByte !== null
}

/** Bytes stay bytes: a quarter of the memory, and turned into numbers as they are taken. */
function featuresOf(split: Split): Float32Array | Uint8Array {
  const { table, featureWidth: width, rowNumbers } = split
  if (isBytes(split)) {
    const bytes = table.features as Uint8Array
    if (rowNumbers === null) return bytes
    const taken = new Uint8Array(split.rows * width)
    for (const [index, row] of rowNumbers.entries()) {
      taken.set(bytes.subarray(row * width, (row + 1) * width), index * width)
    }
    return taken
  }
  const features = new Float32Array(split.rows * width)
  gatherFeatures(split, rowRange(split.rows), features)
  return features
}

function labelsOf(split: Split): Float32Array {
  const labels = new Float32Array(split.rows * split.labelWidth)
  gatherLabels(split, rowRange(split.rows), labels)
  return labels
}
