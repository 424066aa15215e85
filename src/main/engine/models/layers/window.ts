/** What convolution and pooling share: windows that slide over depth, height and width (or steps), channels last. */
import type { Shape } from '../layer-kind.ts'
import { ShapeFault, showShape, sizeOf } from '../layer-kind.ts'

export type Padding = 'valid' | 'same' | 'causal'
export type Dimensions = 1 | 2 | 3

/** One number per dimension: `2` for a window of 2 × 2. */
export function perDimension(sizes: number | readonly number[], dimensions: number): number[] {
  return typeof sizes === 'number' ? Array<number>(dimensions).fill(sizes) : [...sizes]
}

const WANTED = {
  1: 'an input of [steps, channels]',
  2: 'an input of [height, width, channels]',
  3: 'an input of [depth, height, width, channels]',
} as const

/** @throws ShapeFault when the input has another number of dimensions. */
export function assertChannelsLast(input: Shape, dimensions: Dimensions): void {
  if (input.length === dimensions + 1) return
  const advice =
    input.length === dimensions
      ? `put {type: reshape, targetShape: ${showShape([...input, 1])}} before it`
      : `put a reshape of its ${sizeOf(input)} numbers before it`
  throw new ShapeFault(WANTED[dimensions], input, advice)
}

/** Sizes after sliding, without channels. @throws ShapeFault when the window does not fit. */
export function slide(input: Shape, window: Shape, strides: Shape, padding: Padding): number[] {
  return window.map((size, dimension) => {
    const length = input[dimension] ?? 0
    const stride = strides[dimension] ?? 1
    if (padding !== 'valid') return Math.ceil(length / stride)
    if (size <= length) return Math.floor((length - size) / stride) + 1
    throw new ShapeFault(
      `an input no smaller than its window ${showShape(window)}`,
      input,
      'make the window smaller, or set padding: same',
    )
  })
}
