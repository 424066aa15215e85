import { expect, test } from 'vitest'
import { runColor, type Theme } from '../../../src/renderer/src/ui/run-colors.ts'

const PANEL: Record<Theme, string> = { light: '#ffffff', dark: '#191b1e' }
const THEMES: readonly Theme[] = ['light', 'dark']

type Rgb = readonly [number, number, number]

function linear(color: string): Rgb {
  const channel = (at: number): number => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [channel(1), channel(3), channel(5)]
}

function contrast(a: string, b: string): number {
  const luminance = (color: string): number => {
    const [red, green, blue] = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
  }
  const [x, y] = [luminance(a), luminance(b)]
  return Math.max(x, y) / Math.min(x, y)
}

function oklab([red, green, blue]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

/** Full dichromacy: Machado, Oliveira, Fernandes 2009. */
const VISIONS: Record<string, readonly Rgb[]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
}

function seenBy(vision: readonly Rgb[], color: string): Rgb {
  const rgb = linear(color)
  const row = (weights: Rgb = [0, 0, 0]): number =>
    Math.max(0, weights[0] * rgb[0] + weights[1] * rgb[1] + weights[2] * rgb[2])
  return oklab([row(vision[0]), row(vision[1]), row(vision[2])])
}

test.each(THEMES)('the eight hues stand out from the %s panel', (theme) => {
  const weakest = Math.min(...Array.from({ length: 8 }, (_, order) => contrast(runColor(order, theme), PANEL[theme])))
  expect(weakest).toBeGreaterThanOrEqual(2.99)
})

test.each(THEMES.flatMap((theme) => Object.keys(VISIONS).map((vision) => [theme, vision] as const)))(
  'any two of the eight %s hues differ to %s eyes',
  (theme, vision) => {
    const seen = Array.from({ length: 8 }, (_, order) => seenBy(VISIONS[vision] ?? [], runColor(order, theme)))
    const distances = seen.flatMap((a, i) =>
      seen.slice(i + 1).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])),
    )
    expect(Math.min(...distances)).toBeGreaterThan(0.095)
  },
)

test.each(THEMES)('twenty-four runs have twenty-four colours on %s, then they come round', (theme) => {
  const colors = Array.from({ length: 24 }, (_, order) => runColor(order, theme))
  expect(new Set(colors).size).toBe(24)
  expect(runColor(24, theme)).toBe(colors[0])
})
