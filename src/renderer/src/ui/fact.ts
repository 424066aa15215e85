/** A name and its value, as a line of a panel. */
export interface Fact {
  readonly name: string
  readonly value: string
  /** The full value, where the shown one is shortened. */
  readonly title?: string | undefined
  readonly isNumber?: boolean
}
