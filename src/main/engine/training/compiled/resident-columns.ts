/** A part of the data as columns of the session: whole where there is room for it, else handed in batch by batch. */
import { gatherBatch, gatherFeatures, gatherLabels } from '../../data/batches.ts'
import { weightsOf, type RowWeights } from '../../data/class-weights.ts'
import { isOnDisk, type Split } from '../../data/dataset.ts'
import { rowRange } from '../../data/random.ts'
import type { Column } from './table.ts'

export interface PartShape {
  readonly features: readonly number[]
  /** null: all count alike. */
  readonly weights: RowWeights | null
}

/** Bytes that a part takes in the session; infinite of rows that are on the disk because they do not fit into memory. */
export function residentBytes(split: Split): number {
  if (isOnDisk(split.table)) return Infinity
  return split.rows * (split.featureWidth * (bytesOf(split) ? 1 : 4) + split.labelWidth * 4)
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
    ...(shape.weights ? [column('weights', [], () => allWeights(split, shape.weights))] : []),
  ]
}

/** The columns of some rows, for a part that is not resident. */
export function handIn(
  split: Split,
  rowNumbers: Int32Array,
  weights: RowWeights | null,
): Readonly<Record<string, Float32Array>> {
  const features = new Float32Array(rowNumbers.length * split.featureWidth)
  const labels = new Float32Array(rowNumbers.length * split.labelWidth)
  gatherBatch(split, rowNumbers, features, labels)
  return {
    features,
    labels,
    ...(weights && { weights: weightsOf(weights, rowNumbers, labels) }),
  }
}

/** Features that are bytes, all treated alike. */
function bytesOf({ table, ofByte }: Split): Uint8Array | null {
  return !isOnDisk(table) && table.features instanceof Uint8Array && ofByte !== null ? table.features : null
}

function allWeights(split: Split, weights: RowWeights | null): Float32Array | null {
  if (weights === null || weights instanceof Float32Array) return weights
  return weightsOf(weights, rowRange(split.rows), labelsOf(split))
}

/** Bytes stay bytes: a quarter of the memory, and turned into numbers as they are taken. */
function featuresOf(split: Split): Float32Array | Uint8Array {
  const { featureWidth: width, rowNumbers } = split
  const bytes = bytesOf(split)
  if (bytes !== null) {
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
