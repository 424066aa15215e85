/** What the process that reads a script says to the engine: one message, its last. */
export interface SourceFile {
  /** Absolute. */
  readonly path: string
  readonly text: string
}

export interface ScriptRead {
  readonly type: 'read'
  /** The default export: data only. A model that `build` gives as data is in it. */
  readonly value: unknown
  /** Whether code of the script is to be run in the training: `build`, `fit` or `callbacks`. */
  readonly hasCode: boolean
  /** The script, then the files of its own that it imported, as they were run. */
  readonly files: readonly SourceFile[]
}

export interface ScriptFailed {
  readonly type: 'failed'
  readonly message: string
  /** The user's file and line that it came from; null: none of theirs. */
  readonly at: { readonly path: string; readonly line: number } | null
}

export type ScriptAnswer = ScriptRead | ScriptFailed
