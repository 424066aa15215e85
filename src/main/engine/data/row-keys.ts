/**
 * A number that follows from what a row holds and nothing else: by it a row gets the same part in every file it stands in.
 * 24 bits, which a float32 holds exactly.
 */
import { deriveSeed, STREAM } from './random.ts'
import type { SplitSpec } from '../../../contract/experiment/data.ts'
import { PART, type PartNumber } from './part-map.ts'

const FNV_BASIS = 0x811c9dc5
const FNV_PRIME = 0x01000193
/** Ends a cell, so that `1,23` and `12,3` differ. */
const END = 0x1f

export type RowKeys = (row: number) => number

export class RowHash {
  #state = FNV_BASIS

  addText(text: string): void {
    for (let index = 0; index < text.length; index++) this.#add(text.charCodeAt(index))
    this.#add(END)
  }

  addBytes(bytes: Uint8Array): void {
    for (let index = 0; index < bytes.length; index++) this.#add(bytes[index] as number)
    this.#add(END)
  }

  /** The key of all that was added; begins anew. */
  finish(): number {
    const key = mixed(this.#state) >>> 8
    this.#state = FNV_BASIS
    return key
  }

  #add(value: number): void {
    this.#state = Math.imul(this.#state ^ value, FNV_PRIME)
  }
}

/** MurmurHash3's last step: each bit of the result depends on all of the number. */
function mixed(value: number): number {
  let state = value
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
  return (state ^ (state >>> 16)) >>> 0
}

/** The part of a row by its key and the seed. Rows with the same key are in the same part. */
export function partByKey({ validation, test, seed }: SplitSpec): (key: number) => PartNumber {
  const salt = deriveSeed(seed, STREAM.split)
  return (key) => {
    const place = mixed(mixed(key ^ salt) + salt) / 2 ** 32
    return place < test ? PART.test : place < test + validation ? PART.validation : PART.train
  }
}

/** Of rows of numbers. */
export function keysOfNumbers(
  features: { readonly buffer: ArrayBufferLike; readonly byteOffset: number; readonly byteLength: number },
  labels: Float32Array,
  rows: number,
): RowKeys {
  const bytes = new Uint8Array(features.buffer, features.byteOffset, features.byteLength)
  const labelBytes = new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength)
  const hash = new RowHash()
  const part = (all: Uint8Array, row: number): Uint8Array => {
    const width = all.length / rows
    return all.subarray(row * width, (row + 1) * width)
  }
  return (row) => {
    hash.addBytes(part(bytes, row))
    hash.addBytes(part(labelBytes, row))
    return hash.finish()
  }
}
