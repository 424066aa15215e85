/** Where an axis is labelled, and with what: round numbers, powers of ten, or round times. */
import { formatClock, formatTime, formatValue } from '../ui/format.ts'
import type { Scale } from './scale.ts'

export interface Tick {
  readonly value: number
  readonly label: string
}

/** About `count` round numbers within the scale, no nearer to each other than `minStep`. */
export function numberTicks(scale: Scale, count: number, minStep = 0): Tick[] {
  const decades = scale.kind === 'log' ? Math.log10(scale.to / scale.from) : 0
  if (decades > 1.2) return logTicks(scale, decades, count)
  const step = Math.max(minStep, roundStep((scale.to - scale.from) / Math.max(1, count)))
  return multiples(scale, step).map((value) => ({ value, label: labelOf(value, step) }))
}

/** Seconds since a start. */
export function relativeTicks(scale: Scale, count: number): Tick[] {
  if (scale.kind === 'log') return numberTicks(scale, count)
  const step = roundSecs((scale.to - scale.from) / Math.max(1, count))
  return multiples(scale, step).map((value) => ({ value, label: relativeLabel(value, step) }))
}

/** Seconds since the Unix epoch, at round local times. */
export function wallTicks(scale: Scale, count: number): Tick[] {
  const step = roundSecs((scale.to - scale.from) / Math.max(1, count))
  const offset = new Date(scale.from * 1000).getTimezoneOffset() * 60
  const local: Scale = { kind: 'linear', from: scale.from - offset, to: scale.to - offset }
  return multiples(local, step).map((value) => ({ value: value + offset, label: wallLabel(value + offset, step) }))
}

/** A step may be this much finer than asked for, rather than several times coarser. */
const FINER = 0.7

/** 1, 2 or 5 times a power of ten, about `rough`. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * FINER) ?? 10
  return factor * power
}

const ROUND_SECS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400]

function roundSecs(rough: number): number {
  if (rough < 1) return roundStep(rough)
  return ROUND_SECS.find((secs) => secs >= rough * FINER) ?? 86_400 * roundStep(rough / 86_400)
}

function multiples({ from, to }: Scale, step: number): number[] {
  const values: number[] = []
  const slack = step * 1e-9
  // Counted rather than added up, so that 0.1 + 0.2 stays 0.3.
  for (let index = Math.ceil((from - slack) / step); index * step <= to + slack; index += 1) {
    values.push(Number((index * step).toPrecision(12)))
    if (values.length > 100) break
  }
  return values
}

function logTicks({ from, to }: Scale, decades: number, count: number): Tick[] {
  const stride = Math.max(1, Math.ceil(decades / Math.max(1, count)))
  const factors = decades < count / 2.5 ? [1, 2, 5] : [1]
  const ticks: Tick[] = []
  for (let power = Math.floor(Math.log10(from)); power <= Math.log10(to); power += 1) {
    if (power % stride !== 0) continue
    for (const factor of factors) {
      const value = Number((factor * 10 ** power).toPrecision(6))
      if (value >= from && value <= to) ticks.push({ value, label: labelOf(value, value) })
    }
  }
  return ticks
}

/** Digits enough for this step; thousands as k, M, G; tiny and huge as powers. */
function labelOf(value: number, step: number): string {
  const size = Math.abs(value)
  if (value === 0) return '0'
  if (size >= 1e12 || size < 1e-4)
    return value
      .toExponential()
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e')
  const [unit, divisor] = size >= 1e9 ? ['G', 1e9] : size >= 1e6 ? ['M', 1e6] : size >= 1e4 ? ['k', 1e3] : ['', 1]
  const decimals = Math.max(0, -Math.floor(Math.log10(step / divisor) + 1e-9))
  const text = (value / divisor).toFixed(Math.min(8, decimals))
  return (unit ? trim(text) : text) + unit
}

function trim(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

function relativeLabel(value: number, step: number): string {
  if (value === 0) return '0'
  if (step < 1) return `${labelOf(value, step)}s`
  if (value < 60) return `${value}s`
  const secs = value % 60
  const minutes = Math.floor(value / 60) % 60
  const hours = Math.floor(value / 3600)
  const parts = [hours && `${hours}h`, minutes && `${minutes}m`, secs && `${formatValue(secs)}s`]
  return parts.filter(Boolean).join(' ')
}

function wallLabel(value: number, step: number): string {
  if (step >= 86_400) return formatTime(value).slice(5, 10)
  const time = new Date(value * 1000)
  const isMidnight = time.getHours() === 0 && time.getMinutes() === 0 && time.getSeconds() === 0
  if (isMidnight) return formatTime(value).slice(5, 10)
  return step >= 60 ? formatClock(time).slice(0, 5) : formatClock(time)
}
