/** Where pointer and keys lead on a plot: the x under a pixel, the next point along, the stretch to zoom into. */
import type { ScalarEnvelope } from '../../../contract/scalars.ts'
import type { Plot } from './curve-paths.ts'
import { snapX } from './hover-rows.ts'
import { fromUnit } from './scale.ts'

const KEY_PX = 8

/** `px` from the card's left; beyond the plot it is the plot's end. */
export function xAt(plot: Plot, px: number): number {
  return fromUnit(plot.x, Math.min(1, Math.max(0, (px - plot.left) / plot.width)))
}

/** The stretch of x between two pixels, whichever comes first. */
export function stretchOf(plot: Plot, aPx: number, bPx: number): readonly [number, number] {
  return [xAt(plot, Math.min(aPx, bPx)), xAt(plot, Math.max(aPx, bPx))]
}

/** Half of the plot, around `px` where there is room. */
export function halfAround(plot: Plot, px: number): readonly [number, number] {
  const half = plot.width / 2
  const from = plot.left + Math.max(0, Math.min(px - plot.left - half / 2, plot.width - half))
  return stretchOf(plot, from, from + half)
}

/** The next point from `px` on, at least a little further and other than `x`; null at the end. */
export function nextX(
  plot: Plot,
  envelopes: readonly ScalarEnvelope[],
  px: number,
  isRight: boolean,
  x: number | null,
): number | null {
  const byPx = isRight ? KEY_PX : -KEY_PX
  const isInside = (to: number): boolean => to > plot.left - KEY_PX && to < plot.left + plot.width + KEY_PX
  for (let to = px + byPx; isInside(to); to += byPx) {
    const next = snapX(envelopes, xAt(plot, to))
    if (next !== x) return next
  }
  return null
}
