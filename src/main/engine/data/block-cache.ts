/** Blocks of a file that are in memory: as many as there is room for, those used last. */
import { openSync, readSync } from 'node:fs'

export interface BlockCacheOptions {
  readonly path: string
  /** Of the file. */
  readonly numbers: number
  readonly numbersPerBlock: number
  /** Blocks in memory at most. */
  readonly capacity: number
}

interface Slot {
  readonly data: Float32Array
  /** The same memory. */
  readonly bytes: Uint8Array
  /** Which block it has; -1: none. */
  block: number
  usedAt: number
}

/** Of a file of float32. It stays open, and what was read is right as long as nobody writes to it. */
export class BlockCache {
  readonly #options: BlockCacheOptions
  readonly #slotOf: Int32Array
  readonly #slots: Slot[] = []
  #file: number | null = null
  #clock = 0
  /** Blocks that were read from the disk. */
  reads = 0

  constructor(options: BlockCacheOptions) {
    this.#options = options
    this.#slotOf = new Int32Array(Math.ceil(options.numbers / options.numbersPerBlock)).fill(-1)
  }

  block(index: number): Float32Array {
    const slot = this.#slots[this.#slotOf[index] as number] ?? this.#load(index)
    slot.usedAt = ++this.#clock
    return slot.data
  }

  #load(index: number): Slot {
    const { path, numbers, numbersPerBlock } = this.#options
    const number = this.#freeSlot()
    const slot = this.#slots[number] as Slot
    this.#file ??= openSync(path, 'r')
    const wanted = 4 * Math.min(numbersPerBlock, numbers - index * numbersPerBlock)
    for (let got = 0; got < wanted;) {
      const read = readSync(this.#file, slot.bytes, got, wanted - got, 4 * index * numbersPerBlock + got)
      if (read === 0) throw new Error(`${path} is shorter than it was; remove it, and it is made again`)
      got += read
    }
    slot.block = index
    this.#slotOf[index] = number
    this.reads++
    return slot
  }

  /** A new one while there is room, else that which was not used for longest. */
  #freeSlot(): number {
    if (this.#slots.length < this.#options.capacity) {
      const data = new Float32Array(this.#options.numbersPerBlock)
      this.#slots.push({ data, bytes: new Uint8Array(data.buffer), block: -1, usedAt: 0 })
      return this.#slots.length - 1
    }
    let oldest = 0
    for (let slot = 1; slot < this.#slots.length; slot++) {
      if ((this.#slots[slot]?.usedAt ?? 0) < (this.#slots[oldest]?.usedAt ?? 0)) oldest = slot
    }
    const { block } = this.#slots[oldest] as Slot
    if (block >= 0) this.#slotOf[block] = -1
    return oldest
  }
}
