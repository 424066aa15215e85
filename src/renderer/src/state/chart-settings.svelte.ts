/** How curves are looked at: smoothing, axes, zoom, folded groups. One setting for all cards. */
import { SvelteSet } from 'svelte/reactivity'
import { xAxis, type XAxis } from '../../../contract/scalars.ts'
import type { Remembered } from './remembered.ts'

export const SMOOTHING = { max: 0.99, step: 0.01, start: 0.6 }

export class ChartSettingsState {
  smoothing = $state(SMOOTHING.start)
  x = $state<XAxis>('step')
  xLog = $state(false)
  yLog = $state(false)
  /** Closed interval of x that all cards show; null shows everything. */
  zoom = $state.raw<readonly [number, number] | null>(null)
  /** Where the pointer is: x in the units of the axis, and the card it is over. */
  hover = $state.raw<{ readonly x: number; readonly tag: string } | null>(null)
  /** The card that takes the whole width. */
  maximised = $state<string | null>(null)
  readonly folded = new SvelteSet<string>()
  readonly #remembered: Remembered

  constructor(remembered: Remembered) {
    this.#remembered = remembered
  }

  async restore(): Promise<void> {
    const { smoothing, x, xLog, yLog, folded } = await this.#remembered.read()
    if (typeof smoothing === 'number' && smoothing >= 0 && smoothing <= SMOOTHING.max) this.smoothing = smoothing
    this.x = xAxis.options.find((known) => known === x) ?? 'step'
    this.xLog = xLog === true
    this.yLog = yLog === true
    if (Array.isArray(folded)) for (const group of folded) this.folded.add(String(group))
  }

  setSmoothing(weight: number): void {
    this.smoothing = weight
    this.#write()
  }

  setX(x: XAxis): void {
    this.x = x
    this.zoom = null
    this.hover = null
    this.#write()
  }

  toggleLog(axis: 'x' | 'y'): void {
    if (axis === 'x') this.xLog = !this.xLog
    else this.yLog = !this.yLog
    this.#write()
  }

  toggleGroup(group: string): void {
    if (!this.folded.delete(group)) this.folded.add(group)
    this.#write()
  }

  #write(): void {
    const { smoothing, x, xLog, yLog } = this
    this.#remembered.write({ smoothing, x, xLog, yLog, folded: [...this.folded] })
  }
}
