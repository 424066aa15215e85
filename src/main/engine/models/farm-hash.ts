/**
 * Fingerprint64 of FarmHash (Geoff Pike, farmhashna::Hash64): the hash by which TensorFlow puts texts into buckets, and so
 * Keras's Hashing layer and unknown tokens of its lookups.
 */
const MASK = (1n << 64n) - 1n
const K0 = 0xc3a5c85c97cb3127n
const K1 = 0xb492b66fbe98f273n
const K2 = 0x9ae16a3b2f90404fn

const wrap = (value: bigint): bigint => value & MASK
const rotate = (value: bigint, by: bigint): bigint => (by === 0n ? value : wrap((value >> by) | (value << (64n - by))))
const mix = (value: bigint): bigint => value ^ (value >> 47n)

function hash16(u: bigint, v: bigint, factor: bigint): bigint {
  let a = wrap((u ^ v) * factor)
  a ^= a >> 47n
  let b = wrap((v ^ a) * factor)
  b ^= b >> 47n
  return wrap(b * factor)
}

/** @returns an unsigned integer of 64 bits */
export function fingerprint64(given: string): bigint {
  const bytes = Buffer.from(given)
  const { length } = bytes
  const at64 = (at: number): bigint => bytes.readBigUInt64LE(at)
  const at32 = (at: number): bigint => BigInt(bytes.readUInt32LE(at))
  const size = BigInt(length)
  if (length <= 16) return upTo16(bytes, length, size, at64, at32)
  const factor = K2 + size * 2n
  if (length <= 32) {
    const a = wrap(at64(0) * K1)
    const b = at64(8)
    const c = wrap(at64(length - 8) * factor)
    const d = wrap(at64(length - 16) * K2)
    return hash16(wrap(rotate(wrap(a + b), 43n) + rotate(c, 30n) + d), wrap(a + rotate(wrap(b + K2), 18n) + c), factor)
  }
  if (length <= 64) return upTo64(length, factor, at64)
  return longer(length, at64)
}

type Read = (at: number) => bigint

function upTo16(bytes: Buffer, length: number, size: bigint, at64: Read, at32: Read): bigint {
  const factor = K2 + size * 2n
  if (length >= 8) {
    const a = wrap(at64(0) + K2)
    const b = at64(length - 8)
    const c = wrap(rotate(b, 37n) * factor + a)
    const d = wrap((rotate(a, 25n) + b) * factor)
    return hash16(c, d, factor)
  }
  if (length >= 4) return hash16(wrap(size + (at32(0) << 3n)), at32(length - 4), factor)
  if (length > 0) {
    const a = BigInt(bytes[0] ?? 0)
    const b = BigInt(bytes[length >> 1] ?? 0)
    const c = BigInt(bytes[length - 1] ?? 0)
    const y = a + (b << 8n)
    const z = size + (c << 2n)
    return wrap(mix(wrap(y * K2) ^ wrap(z * K0)) * K2)
  }
  return K2
}

function upTo64(length: number, factor: bigint, at64: Read): bigint {
  const a = wrap(at64(0) * K2)
  const b = at64(8)
  const c = wrap(at64(length - 8) * factor)
  const d = wrap(at64(length - 16) * K2)
  const y = wrap(rotate(wrap(a + b), 43n) + rotate(c, 30n) + d)
  const z = hash16(y, wrap(a + rotate(wrap(b + K2), 18n) + c), factor)
  const e = wrap(at64(16) * factor)
  const f = at64(24)
  const g = wrap((y + at64(length - 32)) * factor)
  const h = wrap((z + at64(length - 24)) * factor)
  return hash16(wrap(rotate(wrap(e + f), 43n) + rotate(g, 30n) + h), wrap(e + rotate(wrap(f + a), 18n) + g), factor)
}

interface Pair {
  first: bigint
  second: bigint
}

function weakHash32(at: number, a: bigint, b: bigint, at64: Read): Pair {
  const [w, x, y, z] = [at64(at), at64(at + 8), at64(at + 16), at64(at + 24)]
  let first = wrap(a + w)
  let second = rotate(wrap(b + first + z), 21n)
  const before = first
  first = wrap(first + x + y)
  second = wrap(second + rotate(first, 44n))
  return { first: wrap(first + z), second: wrap(second + before) }
}

function longer(length: number, at64: Read): bigint {
  const SEED = 81n
  let x = SEED
  let y = wrap(SEED * K1 + 113n)
  let z = wrap(mix(wrap(y * K2 + 113n)) * K2)
  let v: Pair = { first: 0n, second: 0n }
  let w: Pair = { first: 0n, second: 0n }
  x = wrap(x * K2 + at64(0))
  const end = Math.floor((length - 1) / 64) * 64
  const last64 = end + ((length - 1) & 63) - 63
  let at = 0
  do {
    x = wrap(rotate(wrap(x + y + v.first + at64(at + 8)), 37n) * K1)
    y = wrap(rotate(wrap(y + v.second + at64(at + 48)), 42n) * K1)
    x ^= w.second
    y = wrap(y + v.first + at64(at + 40))
    z = wrap(rotate(wrap(z + w.first), 33n) * K1)
    v = weakHash32(at, wrap(v.second * K1), wrap(x + w.first), at64)
    w = weakHash32(at + 32, wrap(z + w.second), wrap(y + at64(at + 16)), at64)
    ;[z, x] = [x, z]
    at += 64
  } while (at !== end)
  const factor = wrap(K1 + ((z & 0xffn) << 1n))
  at = last64
  w.first = wrap(w.first + BigInt((length - 1) & 63))
  v.first = wrap(v.first + w.first)
  w.first = wrap(w.first + v.first)
  x = wrap(rotate(wrap(x + y + v.first + at64(at + 8)), 37n) * factor)
  y = wrap(rotate(wrap(y + v.second + at64(at + 48)), 42n) * factor)
  x ^= wrap(w.second * 9n)
  y = wrap(y + v.first * 9n + at64(at + 40))
  z = wrap(rotate(wrap(z + w.first), 33n) * factor)
  v = weakHash32(at, wrap(v.second * factor), wrap(x + w.first), at64)
  w = weakHash32(at + 32, wrap(z + w.second), wrap(y + at64(at + 16)), at64)
  ;[z, x] = [x, z]
  return hash16(
    wrap(hash16(v.first, w.first, factor) + mix(y) * K0 + z),
    wrap(hash16(v.second, w.second, factor) + x),
    factor,
  )
}
