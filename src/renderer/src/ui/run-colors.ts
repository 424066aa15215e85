/**
 * One colour per run, the same in every view: eight hues, then the same hues mixed toward the text and toward the panel.
 *
 * The hues were searched for the largest smallest distance (OKLab) between any two as seen with normal, protan, deutan
 * and tritan vision (Machado 2009), each at least 3:1 against the panel it is drawn on.
 */
export type Theme = 'light' | 'dark'

const HUES: Record<Theme, readonly string[]> = {
  light: ['#2444b2', '#a35a00', '#4da38a', '#8a0a58', '#8a64d8', '#a99403', '#257b83', '#910a08'],
  dark: ['#6266ee', '#f79a1c', '#5ce6bf', '#c74480', '#a78ae8', '#a37c00', '#5bcbf0', '#d88d86'],
}
const TOWARD: Record<Theme, readonly (readonly [color: string, share: number])[]> = {
  light: [
    ['#000000', 0.35],
    ['#ffffff', 0.3],
  ],
  dark: [
    ['#ffffff', 0.45],
    ['#000000', 0.25],
  ],
}

/** `order` is the run's place in the workspace by time of creation, from 0. */
export function runColor(order: number, theme: Theme): string {
  const hues = HUES[theme]
  const hue = hues[order % hues.length] ?? '#888888'
  const step = Math.floor(order / hues.length) % (TOWARD[theme].length + 1)
  const toward = TOWARD[theme][step - 1]
  return toward ? mix(hue, toward[0], toward[1]) : hue
}

function mix(color: string, other: string, share: number): string {
  const channel = (hex: string, at: number): number => Number.parseInt(hex.slice(at, at + 2), 16)
  const mixed = [1, 3, 5].map((at) => Math.round(channel(color, at) * (1 - share) + channel(other, at) * share))
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}
