/** Writes an event file of TensorBoard's: a TFRecord file of Event messages (tensorflow/core/util/event.proto). */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { maskedCrc32c } from './crc32c.ts'
import { bytesField, doubleField, message, varintField } from './message.ts'

let written = 0

export class EventWriter {
  readonly path: string
  #waiting: Uint8Array[] = []

  /** Goes on in a file that is there. */
  constructor(path: string) {
    this.path = path
  }

  /** A new file in `dir`, by the name that TensorFlow would give it. @param wallTime seconds since the Unix epoch */
  static create(dir: string, wallTime: number): EventWriter {
    mkdirSync(dir, { recursive: true })
    const name = `events.out.tfevents.${Math.floor(wallTime)}.${hostname()}.${process.pid}.${written++}.v2`
    const writer = new EventWriter(join(dir, name))
    writeFileSync(writer.path, '')
    writer.#add(message(doubleField(1, wallTime), bytesField(3, 'brain.Event:2')))
    writer.flush()
    return writer
  }

  /** Values of one step, as `summaries.ts` makes them; in the file once flushed. */
  add(step: number, wallTime: number, values: readonly Uint8Array[]): void {
    const summary = message(...values.map((value) => bytesField(1, value)))
    this.#add(message(doubleField(1, wallTime), varintField(2, step), bytesField(5, summary)))
  }

  flush(): void {
    if (this.#waiting.length === 0) return
    appendFileSync(this.path, Buffer.concat(this.#waiting))
    this.#waiting = []
  }

  #add(event: Uint8Array): void {
    const header = Buffer.alloc(12)
    header.writeBigUInt64LE(BigInt(event.length))
    header.writeUInt32LE(maskedCrc32c(header.subarray(0, 8)), 8)
    const footer = Buffer.alloc(4)
    footer.writeUInt32LE(maskedCrc32c(event))
    this.#waiting.push(header, event, footer)
  }
}
