/** The run that is being made: an example or an earlier run's file, edited, checked while it is typed, and started. */
import { MinimaError } from '../../../contract/errors.ts'
import type { DataPreview, Example, Folder, Outline, Problem } from '../../../contract/requests.ts'
import type { RunRecord } from '../../../contract/run.ts'
import type { RunId } from '../../../contract/terms.ts'
import type { EngineLink } from '../client/engine-link.ts'
import type { Remembered } from './remembered.ts'

const CHECK_DELAY_MS = 250

/** Where the text came from: paths in it are relative to `baseDir`. */
interface Source {
  readonly id: string
  readonly baseDir: string
  readonly path: string | null
  readonly text: string
  readonly missing: string | null
  /** A module that is run to get its experiment: its text is shown, and is not to be edited here. */
  readonly isScript?: boolean
}

const SCRIPT = /\.[cm]?[jt]s$/

export class NewRunState {
  examples = $state.raw<readonly Example[] | null>(null)
  source = $state.raw<Source | null>(null)
  text = $state('')
  problems = $state.raw<readonly Problem[]>([])
  /** What the file comes to; of the last check that could tell. */
  outline = $state.raw<Outline | null>(null)
  isChecking = $state(false)
  /** The first rows of its data; null until a form asked for them, or when there is nothing to show. */
  preview = $state.raw<DataPreview | null>(null)
  /** How it is edited: as text alone, or with a form beside it. */
  hasForm = $state(false)
  /** The JSON Schema of an experiment file; null until a form asked for it. */
  schema = $state.raw<Readonly<Record<string, unknown>> | null>(null)
  isStarting = $state(false)
  /** Whether somebody is to say that the script shown may be run. */
  asksToRun = $state(false)
  error = $state.raw<unknown>(null)
  isScript = $derived(this.source?.isScript === true)
  isEdited = $derived(this.source !== null && this.text !== this.source.text)
  /** What an untouched example lacks, unless its problems say so already. */
  missing = $derived.by(() => {
    const missing = this.isEdited ? null : (this.source?.missing ?? null)
    return this.problems.some(({ message }) => message === missing) ? null : missing
  })
  /** The first example needs no check to be startable: it ships as it is. */
  canStart = $derived(
    this.source !== null &&
      this.problems.length === 0 &&
      !this.isStarting &&
      !(this.isChecking && this.isEdited) &&
      (this.source.missing === null || this.isEdited),
  )
  readonly #link: EngineLink
  readonly #draft: Remembered
  /** Texts of scripts that may be run, as SHA-256, by path. */
  readonly #allowed: Remembered
  #timer: ReturnType<typeof setTimeout> | undefined
  #check = 0

  constructor(link: EngineLink, draft: Remembered, allowed: Remembered) {
    this.#link = link
    this.#draft = draft
    this.#allowed = allowed
  }

  /** Fetches the examples once, and takes up the draft or the first of them. */
  async open(): Promise<void> {
    if (this.examples !== null) return
    try {
      const [examples, draft] = await Promise.all([this.#link.request('experiments.examples', {}), this.#draft.read()])
      this.examples = examples
      if (typeof draft['script'] === 'string' && this.source === null) return await this.openScript(draft['script'])
      const drafted = examples.find(({ id }) => id === draft['id'])
      const first = drafted ?? examples[0]
      if (this.source !== null || !first) return
      this.pick(first)
      if (drafted && typeof draft['text'] === 'string') this.edit(draft['text'])
    } catch (error) {
      this.error = error
    }
  }

  /** Called while a form is open, with each change of what the text says of its data. */
  async showPreview(): Promise<void> {
    if (!this.source) return
    const { baseDir, path } = this.source
    const { text } = this
    try {
      const preview = await this.#link.request('experiments.preview', { text, baseDir, path })
      if (text === this.text) this.preview = preview
    } catch {
      this.preview = null // the check says what is wrong with the data
    }
  }

  async showForm(isShown: boolean): Promise<void> {
    this.hasForm = isShown
    if (!isShown || this.schema !== null) return
    try {
      this.schema = await this.#link.request('experiments.schema', {})
    } catch (error) {
      this.error = error
    }
  }

  /** @param dir relative to the folder of the file @throws what the engine says when it cannot be read */
  listFolder(dir: string): Promise<Folder> {
    return this.#link.request('files.list', { baseDir: this.source?.baseDir ?? '.', dir })
  }

  pick(example: Example): void {
    this.#take({ ...example })
    this.#draft.write({ id: example.id, text: example.text })
  }

  /** Starts from the file of an earlier run. */
  async openFrom(runId: RunId): Promise<void> {
    if (this.source?.id === runId) return
    try {
      const [run, draft] = await Promise.all([this.#link.request('runs.get', { runId }), this.#draft.read()])
      const { sourceText, sourcePath, environment } = run
      if (sourceText === null) return
      if (sourcePath !== null && SCRIPT.test(sourcePath)) return await this.openScript(sourcePath, runId)
      const baseDir = sourcePath?.replace(/[\\/][^\\/]*$/, '') ?? environment?.workingDir ?? '.'
      this.#take({ id: runId, baseDir, path: sourcePath, text: sourceText, missing: null })
      if (draft['id'] === runId && typeof draft['text'] === 'string') this.edit(draft['text'])
    } catch (error) {
      this.error = error
    }
  }

  /** Shows a script; nothing of it is run. @param path absolute, or from the home folder @param id by which it is picked */
  async openScript(path: string, id = path): Promise<void> {
    try {
      const script = await this.#link.request('scripts.read', { path })
      this.#take({
        id: id === path ? script.path : id,
        baseDir: script.path.replace(/[\\/][^\\/]*$/, ''),
        path: script.path,
        text: script.text,
        missing: null,
        isScript: true,
      })
      this.#draft.write({ script: script.path })
    } catch (error) {
      this.error = error
    }
  }

  edit(text: string): void {
    this.text = text
    if (this.source) this.#draft.write({ id: this.source.id, text })
    this.isChecking = true
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#runCheck(), CHECK_DELAY_MS)
  }

  /** Back to the text as it was opened. */
  revert(): void {
    if (this.source) this.edit(this.source.text)
  }

  /** @returns the run, or null when it could not be started: `problems` or `error` then say why. */
  async start(): Promise<RunRecord | null> {
    if (!this.source) return null
    const { baseDir, path, isScript = false } = this.source
    this.isStarting = true
    this.error = null
    this.problems = isScript ? [] : this.problems
    try {
      if (isScript && !(await this.#mayRun())) return null
      return await this.#link.request('runs.start', { text: this.text, baseDir, path, script: isScript })
    } catch (error) {
      const problems =
        error instanceof MinimaError && error.code === 'experiment-invalid' && error.details?.['problems']
      if (Array.isArray(problems)) this.problems = problems as Problem[]
      else this.error = error
      return null
    } finally {
      this.isStarting = false
    }
  }

  /** The script as it is shown may be run, now and later. */
  async allowAndStart(): Promise<RunRecord | null> {
    const path = this.source?.path
    if (!path) return null
    this.asksToRun = false
    this.#allowed.write({ ...(await this.#allowed.read()), [path]: await sha256(this.text) })
    this.#allowed.flush()
    return this.start()
  }

  /** Asks when it was never allowed as it is now; what is shown is then what would be run. */
  async #mayRun(): Promise<boolean> {
    const path = this.source?.path ?? ''
    const [allowed, { text }] = await Promise.all([this.#allowed.read(), this.#link.request('scripts.read', { path })])
    if (this.source && text !== this.text) this.#take({ ...this.source, text })
    this.asksToRun = allowed[path] !== (await sha256(text))
    return !this.asksToRun
  }

  #take(source: Source): void {
    this.source = source
    this.text = source.text
    this.problems = []
    this.outline = null
    this.error = null
    this.asksToRun = false
    clearTimeout(this.#timer)
    // To check a script is to run it.
    this.isChecking = source.isScript !== true
    if (this.isChecking) void this.#runCheck()
  }

  async #runCheck(): Promise<void> {
    if (!this.source) return
    const check = (this.#check += 1)
    const { baseDir, path } = this.source
    try {
      const { problems, outline } = await this.#link.request('experiments.check', { text: this.text, baseDir, path })
      if (check === this.#check) {
        this.problems = problems
        this.outline = outline ?? (problems.length > 0 ? this.outline : null)
      }
    } catch (error) {
      if (check === this.#check) this.error = error
    }
    if (check === this.#check) this.isChecking = false
  }
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
