/**
 * Arrays of numbers as octets: what crosses HTTP between engine and screen.
 *
 * Layout, little-endian: uint32 length of a JSON header, the header padded with spaces so that numbers start at a
 * multiple of 8, then the float64 columns one after the other. The header is `{meta, lengths}`: any JSON value, and the
 * number of elements of each column.
 */
export interface ColumnBlock {
  readonly meta: unknown
  readonly columns: readonly Float64Array[]
}

const PREFIX = 4

export function encodeColumns(block: ColumnBlock): Uint8Array {
  const lengths = block.columns.map((column) => column.length)
  const json = new TextEncoder().encode(JSON.stringify({ meta: block.meta, lengths }))
  const start = Math.ceil((PREFIX + json.length) / 8) * 8
  const bytes = new Uint8Array(start + 8 * lengths.reduce((sum, length) => sum + length, 0))
  bytes.fill(0x20, PREFIX, start)
  new DataView(bytes.buffer).setUint32(0, start - PREFIX, true)
  bytes.set(json, PREFIX)
  let offset = start
  for (const column of block.columns) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), offset)
    offset += column.byteLength
  }
  return bytes
}

export function decodeColumns(buffer: ArrayBuffer): ColumnBlock {
  if (buffer.byteLength < PREFIX) throw new RangeError(`column block of ${buffer.byteLength} bytes is truncated`)
  const start = PREFIX + new DataView(buffer).getUint32(0, true)
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, PREFIX, start - PREFIX))) as {
    meta: unknown
    lengths: number[]
  }
  let offset = start
  const columns = header.lengths.map((length) => {
    const column = new Float64Array(buffer, offset, length)
    offset += 8 * length
    return column
  })
  return { meta: header.meta, columns }
}
