/** Light or dark: what the person chose, else what the system says. */
import type { ChartColors } from '../charts/line-chart-option.ts'
import type { Theme } from '../ui/run-colors.ts'

export const THEME_CHOICES = ['system', 'light', 'dark'] as const
export type ThemeChoice = (typeof THEME_CHOICES)[number]

export class ThemeState {
  choice = $state<ThemeChoice>('system')
  #system = $state<Theme>('light')
  current = $derived<Theme>(this.choice === 'system' ? this.#system : this.choice)
  colors = $derived<ChartColors>(this.#paint(this.current))

  constructor() {
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const follow = (): void => void (this.#system = dark.matches ? 'dark' : 'light')
    dark.addEventListener('change', follow)
    follow()
  }

  /** Puts the theme on the document, then reads its colours: app.css is their one home. */
  #paint(theme: Theme): ChartColors {
    document.documentElement.dataset['theme'] = theme
    const style = getComputedStyle(document.documentElement)
    const read = (name: string): string => style.getPropertyValue(name).trim()
    return { text: read('--text'), dim: read('--dim'), line: read('--line'), grid: read('--grid') }
  }
}
