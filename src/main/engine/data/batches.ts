/** From rows to the two arrays a training step takes; runs once a step, so it allocates nothing. */
import { isOnDisk } from './dataset.ts'
import type { Affine, DiskRows, FeatureArray, Split } from './dataset.ts'
import { createRandom, deriveSeed, rowRange, shuffleInPlace, STREAM } from './random.ts'

/** The order in which an epoch (counted from 0) visits the rows of a part of `rows` rows. */
export function epochOrder(rows: number, seed: number, epoch: number, shuffle: boolean): Int32Array {
  const order = rowRange(rows)
  if (shuffle) shuffleInPlace(order, createRandom(deriveSeed(seed, STREAM.order, epoch)))
  return order
}

/**
 * Writes the rows of `split` named in `rowNumbers` (0 … split.rows − 1), one after the other, preprocessed.
 * `outFeatures` holds at least rowNumbers.length × split.featureWidth numbers, `outLabels` × split.labelWidth.
 */
export function gatherBatch(
  split: Split,
  rowNumbers: Int32Array,
  outFeatures: Float32Array,
  outLabels: Float32Array,
): void {
  gatherFeatures(split, rowNumbers, outFeatures)
  gatherLabels(split, rowNumbers, outLabels)
}

function tableRow(split: Split, row: number): number {
  return split.rowNumbers === null ? row : (split.rowNumbers[row] as number)
}

// `as number` below: indices are within bounds, and a check for undefined would double the time of the innermost loops.

export function gatherFeatures(split: Split, rowNumbers: Int32Array, out: Float32Array): void {
  const { featureWidth: width, affine, ofByte, table } = split
  if (isOnDisk(table)) {
    gatherFromDisk(table, rowNumbers, out, affine)
    return
  }
  const { features } = table
  for (let index = 0; index < rowNumbers.length; index++) {
    const from = tableRow(split, rowNumbers[index] as number) * width
    const to = index * width
    if (ofByte !== null && features instanceof Uint8Array) lookUpRow(features, from, out, to, width, ofByte)
    else if (affine === null) copyRow(features, from, out, to, width)
    else transformRow(features, from, out, to, width, affine)
  }
}

function gatherFromDisk(table: DiskRows, rowNumbers: Int32Array, out: Float32Array, affine: Affine | null): void {
  const { featureWidth: width } = table
  for (let index = 0; index < rowNumbers.length; index++) {
    const to = index * width
    table.readFeatures(rowNumbers[index] as number, out, to)
    if (affine !== null) transformRow(out, to, out, to, width, affine)
  }
}

function lookUpRow(
  bytes: Uint8Array,
  from: number,
  out: Float32Array,
  to: number,
  width: number,
  ofByte: Float32Array,
): void {
  for (let column = 0; column < width; column++) out[to + column] = ofByte[bytes[from + column] as number] as number
}

function copyRow(features: FeatureArray, from: number, out: Float32Array, to: number, width: number): void {
  for (let column = 0; column < width; column++) out[to + column] = features[from + column] as number
}

function transformRow(
  features: FeatureArray,
  from: number,
  out: Float32Array,
  to: number,
  width: number,
  { multiply, add }: Affine,
): void {
  const step = multiply.length === 1 ? 0 : 1
  for (let column = 0, feature = 0; column < width; column++, feature += step) {
    out[to + column] = (features[from + column] as number) * (multiply[feature] as number) + (add[feature] as number)
  }
}

export function gatherLabels(split: Split, rowNumbers: Int32Array, out: Float32Array): void {
  const { labelWidth: width, oneHot, table } = split
  if (oneHot) out.fill(0, 0, rowNumbers.length * width)
  if (isOnDisk(table)) {
    for (let index = 0; index < rowNumbers.length; index++) {
      const row = rowNumbers[index] as number
      if (oneHot) out[index * width + labelOf(table, row)] = 1
      else table.readLabels(row, out, index * width)
    }
    return
  }
  const { labels } = table
  for (let index = 0; index < rowNumbers.length; index++) {
    const row = tableRow(split, rowNumbers[index] as number)
    if (oneHot) out[index * width + (labels[row] as number)] = 1
    else
      for (let column = 0; column < width; column++)
        out[index * width + column] = labels[row * width + column] as number
  }
}

const label = new Float32Array(1)

/** Of rows with one label. */
export function labelOf(table: DiskRows, row: number): number {
  table.readLabels(row, label, 0)
  return label[0] as number
}
