/** Puts the page's state together, restores what the workspace remembers, and keeps it in step with the engine. */
import { getContext, setContext } from 'svelte'
import type { RunRecord } from '../../../contract/run.ts'
import type { RunId } from '../../../contract/terms.ts'
import type { EngineLink } from '../client/engine-link.ts'
import { runColor } from '../ui/run-colors.ts'
import { ChartSettingsState } from './chart-settings.svelte.ts'
import { EngineState } from './engine.svelte.ts'
import { LayoutState } from './layout.svelte.ts'
import { NewRunState } from './new-run.svelte.ts'
import { Remembered } from './remembered.ts'
import { RouteState } from './route.svelte.ts'
import { RunDetailState } from './run-detail.svelte.ts'
import { RunListState } from './run-list.svelte.ts'
import { RunsState } from './runs.svelte.ts'
import { ScalarsState } from './scalars.svelte.ts'
import { SelectionState } from './selection.svelte.ts'
import { SeriesState } from './series.svelte.ts'
import { TensorflowState } from './tensorflow.svelte.ts'
import { ThemeState } from './theme.svelte.ts'

/** More curves than this on one card tell nothing and draw slowly; the toolbar says so. */
const MAX_DRAWN = 200

export class Workbench {
  readonly link: EngineLink
  readonly engine: EngineState
  readonly runs: RunsState
  readonly series: SeriesState
  readonly scalars: ScalarsState
  readonly detail: RunDetailState
  readonly selection: SelectionState
  readonly charts: ChartSettingsState
  readonly layout: LayoutState
  readonly list: RunListState
  readonly newRun: NewRunState
  readonly tensorflow: TensorflowState
  readonly theme = new ThemeState()
  readonly route = new RouteState()
  readonly #remembered: readonly Remembered[]

  constructor(link: EngineLink) {
    const remember = (question: string): Remembered => new Remembered(link, `page.${question}`)
    const selection = remember('selection')
    const charts = remember('charts')
    const layout = remember('layout')
    const draft = remember('draft')
    const setup = remember('setup')
    const scripts = remember('scripts')
    this.link = link
    this.#remembered = [selection, charts, layout, draft, setup, scripts]
    this.engine = new EngineState(link)
    this.runs = new RunsState(link)
    this.series = new SeriesState(link)
    this.detail = new RunDetailState(link)
    this.selection = new SelectionState(selection)
    this.charts = new ChartSettingsState(charts)
    this.scalars = new ScalarsState(link, this.series, this.charts)
    this.layout = new LayoutState(this.theme, layout)
    this.list = new RunListState(this.runs, this.layout)
    this.newRun = new NewRunState(link, draft, scripts)
    this.tensorflow = new TensorflowState(link, setup, () => this.engine.refresh())
    link.onState(({ kind }) => {
      if (kind === 'connected') void this.#resume()
    })
    addEventListener('pagehide', () => this.#remembered.forEach((question) => question.flush()))
  }

  get picked(): RunRecord | undefined {
    const { run } = this.route.current
    return run === null ? undefined : this.runs.byId.get(run)
  }

  /** Ticked runs and the picked one: oldest first, the picked one last so that it lies on top. */
  readonly #chosen = $derived.by(() => {
    const { run: picked } = this.route.current
    const { order } = this.runs
    const chosen = [...this.selection.ticked].filter((runId) => runId !== picked && order.has(runId))
    chosen.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))
    if (picked !== null && order.has(picked)) chosen.push(picked)
    return chosen
  })
  /** A text, so that records that change do not count as another choice. */
  readonly #drawableKey = $derived.by(() => {
    const hasAxis = (runId: RunId): boolean =>
      this.charts.x !== 'epoch' || this.runs.byId.get(runId)?.stepsPerEpoch !== null
    return this.#chosen.filter(hasAxis).join('\n')
  })
  readonly #drawable = $derived(this.#drawableKey === '' ? [] : (this.#drawableKey.split('\n') as RunId[]))

  /** Ids of the runs whose curves are drawn, from back to front. */
  drawn = $derived(this.#drawable.slice(-MAX_DRAWN))
  /** How many are left out because there are too many to draw. */
  undrawnCount = $derived(this.#drawable.length - this.drawn.length)
  /** How many have no epochs to be drawn over, where that is the axis. */
  withoutEpochsCount = $derived(this.#chosen.length - this.#drawable.length)

  color(runId: RunId): string {
    return runColor(this.runs.order.get(runId) ?? 0, this.theme.current)
  }

  pick(runId: RunId): void {
    this.list.active = runId
    this.route.go({ page: 'run', run: runId })
  }

  /** Shows a run that was just started: picked, ticked, on its curves. */
  showStarted(run: RunRecord): void {
    this.runs.add(run)
    this.selection.set([run.runId], true)
    this.list.active = run.runId
    this.list.filter = ''
    this.charts.zoom = null
    this.route.go({ page: 'run', run: run.runId, tab: 'scalars', from: null })
  }

  /** Keeps requests in step with what is on screen; called once while the app's component is set up. */
  follow(): void {
    $effect.pre(() => void this.theme.colors)
    $effect(() => this.series.want(this.drawn))
    $effect(() => this.scalars.retain(this.drawn))
    $effect(() => this.scalars.ask())
    $effect(() => this.detail.follow(this.route.current.run, this.picked))
  }

  #isRestored = false

  async #resume(): Promise<void> {
    try {
      const restored = this.#isRestored
        ? []
        : [this.layout.restore(), this.charts.restore(), this.selection.restore(), this.tensorflow.restore()]
      this.#isRestored = true
      await Promise.all([this.runs.refresh(), this.engine.refresh(), ...restored])
      this.error = null
      this.series.refresh()
      this.scalars.refresh()
      this.#pickNewest()
      // After the runs: finding what could be set up may take the engine a moment.
      void this.tensorflow.refresh()
    } catch (error) {
      this.error = error
    }
  }

  error = $state.raw<unknown>(null)

  #pickNewest(): void {
    if (this.route.current.run !== null && this.runs.byId.has(this.route.current.run)) return
    const newest = this.list.visible[0]
    if (newest && this.route.current.page !== 'new') this.route.replace({ run: newest.runId })
  }
}

const KEY = Symbol('workbench')

export function provideWorkbench(workbench: Workbench): void {
  setContext(KEY, workbench)
}

export function useWorkbench(): Workbench {
  return getContext<Workbench>(KEY)
}
