/** Vocabularies: how they are learnt, in Keras's order, and how a layer's is asked for and put back. */
import type { TfLayer } from './tf.ts'

export type Token = string | number

/**
 * Tokens by how often they were met: the most frequent first, of those as frequent the greater first, as Keras has them.
 * @param most how many are kept; null: all
 */
export function vocabularyOf<T extends Token>(counts: ReadonlyMap<T, number>, most: number | null): T[] {
  const sorted = [...counts].sort(([left, one], [right, other]) => other - one || (left < right ? 1 : -1))
  return sorted.slice(0, most ?? undefined).map(([token]) => token)
}

/** What a layer has learnt that is no number, to be saved with it. */
export interface Vocabulary {
  /** Without the tokens for what is masked or unknown; null: none was learnt yet. */
  tokens: readonly Token[] | null
}

const vocabularies = new WeakMap<TfLayer, Vocabulary>()

export function keepVocabulary(layer: TfLayer, vocabulary: Vocabulary): void {
  vocabularies.set(layer, vocabulary)
}

/** null: the layer has none. */
export function vocabularyIn(layer: TfLayer): Vocabulary | null {
  return vocabularies.get(layer) ?? null
}
