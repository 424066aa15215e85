/** Signed integers in few octets: zigzag (0, -1, 1, -2, ...), then seven bits an octet, lowest first (LEB128). */

const HIGH = 0x80
/** Below it, integers take the path of 32-bit arithmetic. */
const SMALL = 2 ** 30

/** Greatest magnitude that zigzag keeps exact in a float64. */
export const MAX_VARINT = 2 ** 52

/** Octets that one integer takes at most. */
export const MAX_VARINT_BYTES = 8

/** Writes `integer`, at most ±MAX_VARINT, at `offset`. @returns the offset after it. */
export function writeVarint(bytes: Uint8Array, offset: number, integer: number): number {
  let rest = integer < 0 ? -2 * integer - 1 : 2 * integer
  while (rest >= SMALL) {
    bytes[offset++] = (rest % HIGH) + HIGH
    rest = Math.floor(rest / HIGH)
  }
  while (rest >= HIGH) {
    bytes[offset++] = (rest & 0x7f) | HIGH
    rest >>>= 7
  }
  bytes[offset++] = rest
  return offset
}

/** Reads `integers.length` integers from `offset` on. @throws RangeError when the octets end before. */
export function readVarints(bytes: Uint8Array, offset: number, integers: Float64Array): void {
  for (let index = 0; index < integers.length; index++) {
    let octet = bytes[offset++] ?? 0
    let zigzag = octet & 0x7f
    for (let shift = 7; octet >= HIGH && shift < 28; shift += 7) {
      octet = bytes[offset++] ?? 0
      zigzag |= (octet & 0x7f) << shift
    }
    if (octet < HIGH) {
      integers[index] = (zigzag >>> 1) ^ -(zigzag & 1)
      continue
    }
    let great = zigzag
    for (let scale = 2 ** 28; octet >= HIGH; scale *= HIGH) {
      octet = bytes[offset++] ?? 0
      great += (octet & 0x7f) * scale
    }
    integers[index] = great % 2 === 0 ? great / 2 : -(great + 1) / 2
  }
  if (offset > bytes.length) throw new RangeError(`varints end before the last of ${integers.length}`)
}
