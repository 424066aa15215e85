/**
 * Keras computes learning rates and bias corrections in float32. What is small beside 1 keeps few digits there, and a
 * step of a staircase or a restart falls on one batch or the next: to take the same steps, this code rounds alike.
 */
export const f32 = Math.fround

/** `base ^ exponent` of float32 numbers. */
export function power(base: number, exponent: number): number {
  return f32(f32(base) ** f32(exponent))
}

/** `1 - value` of float32 numbers. */
export function oneMinus(value: number): number {
  return f32(1 - f32(value))
}
