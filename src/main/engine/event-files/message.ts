/** Protocol buffer messages as octets: the few wire types that event files need (protobuf.dev/programming-guides/encoding). */
export type Field = Uint8Array

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5

/** A message of its fields, in the order given. */
export function message(...fields: readonly Field[]): Uint8Array {
  return Buffer.concat(fields)
}

/** @param value an integer of 0 or more, exact up to 2^53 */
export function varintField(number: number, value: number): Field {
  return Buffer.concat([varint(number * 8 + VARINT), varint(value)])
}

export function doubleField(number: number, value: number): Field {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return Buffer.concat([varint(number * 8 + FIXED64), bytes])
}

export function floatField(number: number, value: number): Field {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return Buffer.concat([varint(number * 8 + FIXED32), bytes])
}

/** Of a message within, octets, or text in UTF-8. */
export function bytesField(number: number, value: Uint8Array | string): Field {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([varint(number * 8 + BYTES), varint(bytes.length), bytes])
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  return Uint8Array.of(...bytes, rest)
}
