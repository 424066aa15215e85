/**
 * Layers that make numbers of words. A text column reaches a model as numbers of texts (`data.text`): what a layer makes of
 * each text is worked out once, and looked up.
 */
import type { LayerOf } from '../../../../contract/experiment/layers.ts'
import { makeAdaptable } from '../adapt.ts'
import { fingerprint64 } from '../farm-hash.ts'
import type { BuildArgs, BuildContext, LayerKind, Shape } from '../layer-kind.ts'
import { NO_WEIGHTS, ShapeFault } from '../layer-kind.ts'
import type { Tensor, Tf, TfLayer } from '../tf.ts'
import { keepVocabulary, vocabularyOf, type Token, type Vocabulary } from '../vocabulary.ts'
import { configOf, customLayer } from './custom.ts'
import { codeShape, encoded, withoutGradient } from './preprocessing.ts'

type IndexSpec = LayerOf<'stringLookup'> | LayerOf<'integerLookup'>

/** How many indices come before those of the vocabulary. A mask is nothing, and has no place in rows of 0 and 1. */
function firstIndex({ numOovIndices, maskToken, outputMode }: IndexSpec): number {
  return numOovIndices + (maskToken !== null && outputMode === 'int' ? 1 : 0)
}

/** Of all places; null: known only once the training rows are. */
function placesOf(spec: Pick<IndexSpec, 'maxTokens' | 'padToMaxTokens' | 'vocabulary'>, first: number): number | null {
  if (spec.padToMaxTokens && spec.maxTokens !== null) return spec.maxTokens
  return spec.vocabulary === undefined ? null : spec.vocabulary.length + first
}

function knownPlaces(
  spec: Pick<IndexSpec, 'maxTokens' | 'padToMaxTokens' | 'vocabulary'>,
  first: number,
  input: Shape,
): number {
  const places = placesOf(spec, first)
  if (places !== null) return places
  throw new ShapeFault(
    'a vocabulary whose size is known, for rows',
    input,
    'set maxTokens and padToMaxTokens: true, or vocabulary',
  )
}

const mod = (value: number, by: number): number => ((value % by) + by) % by

/** Index of each token; -1: nothing. */
function createIndex(spec: IndexSpec, tokens: readonly Token[]): (token: Token) => number {
  const first = firstIndex(spec)
  const places = new Map(tokens.map((token, index) => [token, index + first]))
  const masked = spec.outputMode === 'int' ? 0 : -1
  return (token) => {
    if (spec.maskToken !== null && token === spec.maskToken) return masked
    const found = places.get(token)
    if (found !== undefined || spec.numOovIndices === 0) return found ?? -1
    const before = first - spec.numOovIndices
    if (spec.numOovIndices === 1) return before
    const unknown =
      typeof token === 'number'
        ? mod(token, spec.numOovIndices)
        : Number(fingerprint64(token) % BigInt(spec.numOovIndices))
    return before + unknown
  }
}

function indexShape(spec: IndexSpec, input: Shape): Shape {
  return codeShape(spec.outputMode, input, spec.outputMode === 'int' ? 0 : knownPlaces(spec, firstIndex(spec), input))
}

/** How many tokens may be learnt. */
function mostLearnt({ maxTokens }: { maxTokens: number | null }, first: number): number | null {
  return maxTokens === null ? null : Math.max(0, maxTokens - first)
}

export const stringLookup: LayerKind<'stringLookup'> = {
  autoName: 'string_lookup',
  outputShape: indexShape,
  weights: NO_WEIGHTS,
  build(tf, spec, args, context, input) {
    const lookup = { className: 'StringLookup', spec, outputShape: indexShape(spec, input) }
    return lookupLayer(tf, args, context, lookup, {
      tokensIn: (text) => [text],
      most: mostLearnt(spec, firstIndex(spec)),
      ignored: spec.maskToken,
      prepare(vocabulary, texts) {
        const indices = Float32Array.from(texts, createIndex(spec, vocabulary))
        return (values) => {
          const found = tf.gather(tf.tensor1d(indices), tf.cast(values, 'int32'))
          return encoded(tf, spec.outputMode, found, knownOr(spec, input))
        }
      },
    })
  },
}

/** Places of `encoded`, which does not look at them for indices. */
function knownOr(spec: IndexSpec, input: Shape): number {
  return spec.outputMode === 'int' ? 0 : knownPlaces(spec, firstIndex(spec), input)
}

export const integerLookup: LayerKind<'integerLookup'> = {
  autoName: 'integer_lookup',
  outputShape: indexShape,
  weights: NO_WEIGHTS,
  build(tf, spec, args, _context, input) {
    const vocabulary: Vocabulary = { tokens: spec.vocabulary ?? null }
    const layer = customLayer(tf, args, {
      className: 'IntegerLookup',
      config: configWithoutVocabulary(spec),
      outputShape: indexShape(spec, input),
      call(values) {
        const tokens = (vocabulary.tokens ?? []) as readonly number[]
        const indices = withoutGradient(tf, values, (numbers) => indicesOf(tf, spec, tokens, numbers))
        return encoded(tf, spec.outputMode, indices, knownOr(spec, input))
      },
    })
    if (spec.vocabulary === undefined) {
      adaptTo(layer, vocabulary, {
        tokensOf: (value) => (Math.trunc(value) === spec.maskToken ? [] : [Math.trunc(value)]),
        most: mostLearnt(spec, firstIndex(spec)),
      })
    }
    keepVocabulary(layer, vocabulary)
    return layer
  },
}

function indicesOf(tf: Tf, spec: LayerOf<'integerLookup'>, tokens: readonly number[], values: Tensor): Tensor {
  // As Keras: what is no whole number loses its fraction.
  const whole = tf.cast(tf.cast(values, 'int32'), 'float32')
  const unknown = spec.numOovIndices > 0 ? unknownIndex(tf, spec, whole) : tf.fill(values.shape, -1)
  const known = spec.maskToken === null ? tokens : [...tokens, spec.maskToken]
  if (known.length === 0) return unknown
  const alike = tf.cast(tf.equal(tf.expandDims(whole, -1), tf.tensor1d([...known])), 'float32')
  const found = tf.sum(tf.mul(alike, tf.tensor1d(known.map(createIndex(spec, tokens)))), -1)
  return tf.add(found, tf.mul(unknown, tf.sub(1, tf.sum(alike, -1))))
}

function unknownIndex(tf: Tf, spec: LayerOf<'integerLookup'>, values: Tensor): Tensor {
  const before = firstIndex(spec) - spec.numOovIndices
  if (spec.numOovIndices === 1) return tf.fill(values.shape, before)
  return tf.add(tf.mod(values, spec.numOovIndices), before)
}

export const hashing: LayerKind<'hashing'> = {
  autoName: 'hashing',
  outputShape: (spec, input) => codeShape(spec.outputMode, input, spec.numBins),
  weights: NO_WEIGHTS,
  build(tf, spec, args, { texts }, input) {
    const bin = (text: string): number => {
      if (spec.maskValue === null) return Number(fingerprint64(text) % BigInt(spec.numBins))
      if (text === spec.maskValue) return 0
      return 1 + (spec.numBins === 1 ? 0 : Number(fingerprint64(text) % BigInt(spec.numBins - 1)))
    }
    const bins = Float32Array.from(someText(texts), bin)
    return customLayer(tf, args, {
      className: 'Hashing',
      config: configOf(spec),
      outputShape: codeShape(spec.outputMode, input, spec.numBins),
      call: (values) =>
        encoded(tf, spec.outputMode, tf.gather(tf.tensor1d(bins), tf.cast(values, 'int32')), spec.numBins),
    })
  },
}

/** Indices before the vocabulary's: padding, in sequences, and the unknown. */
function firstWord({ outputMode }: LayerOf<'textVectorization'>): number {
  return outputMode === 'int' ? 2 : 1
}

export const textVectorization: LayerKind<'textVectorization'> = {
  autoName: 'text_vectorization',
  outputShape(spec, input) {
    if (input.length !== 1 || input[0] !== 1) {
      throw new ShapeFault('one text column', input, 'give it an input of its own in model.inputs')
    }
    if (spec.outputMode !== 'int') return [knownPlaces(spec, firstWord(spec), input)]
    if (spec.outputSequenceLength !== null) return [spec.outputSequenceLength]
    throw new ShapeFault('outputSequenceLength, so that all rows are as long, for rows', input)
  },
  weights: NO_WEIGHTS,
  build(tf, spec, args, context, input) {
    const outputShape = textVectorization.outputShape(spec, input)
    const words = (text: string): string[] => wordsOf(spec, text)
    const lookup = { className: 'TextVectorization', spec, outputShape }
    return lookupLayer(tf, args, context, lookup, {
      tokensIn: words,
      most: mostLearnt(spec, firstWord(spec)),
      ignored: '',
      prepare(vocabulary, texts) {
        const places = new Map(vocabulary.map((token, index) => [token, index + firstWord(spec)]))
        const sequences = texts.map((text) => words(text).map((word) => places.get(word) ?? firstWord(spec) - 1))
        const [width = 1] = outputShape
        const length = spec.outputMode === 'int' ? width : Math.max(1, ...sequences.map((one) => one.length))
        // Of counts, the place behind the last is for what is no word.
        const table = new Int32Array(texts.length * length).fill(spec.outputMode === 'int' ? 0 : width)
        for (const [row, sequence] of sequences.entries()) table.set(sequence.slice(0, length), row * length)
        return (values) => {
          const rows = tf.cast(tf.reshape(values, [-1]), 'int32')
          const found = tf.gather(tf.tensor2d(table, [texts.length, length], 'int32'), rows)
          if (spec.outputMode === 'int') return tf.cast(found, 'float32')
          const counts = tf.slice(countsOf(tf, found, width + 1), [0, 0], [values.shape[0] ?? 1, width])
          return spec.outputMode === 'multiHot' ? tf.minimum(counts, 1) : counts
        }
      },
    })
  },
}

/** How often each place is in each row of `found`, int32 [rows, length]: float32 [rows, places]. */
function countsOf(tf: Tf, found: Tensor, places: number): Tensor {
  const [rows = 1, length = 1] = found.shape
  const row = Int32Array.from({ length: rows * length }, (_, at) => Math.floor(at / length))
  const where = tf.stack([tf.tensor1d(row, 'int32'), tf.reshape(found, [-1])], 1)
  return tf.scatterND(where, tf.ones([rows * length]), [rows, places])
}

const PUNCTUATION = /[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~']/g

function wordsOf({ standardize, split }: LayerOf<'textVectorization'>, text: string): string[] {
  const lowered = standardize === 'lower' || standardize === 'lowerAndStripPunctuation' ? text.toLowerCase() : text
  const bare = standardize?.toLowerCase().includes('punctuation') ? lowered.replace(PUNCTUATION, '') : lowered
  if (split === 'character') return [...bare]
  return split === 'whitespace' ? bare.split(/\s+/).filter((word) => word !== '') : [bare]
}

/** Without any, as when only shapes are asked for, one text stands for all. */
function someText(texts: readonly string[] | undefined): readonly string[] {
  return texts === undefined || texts.length === 0 ? [''] : texts
}

interface TextLookup {
  readonly className: string
  readonly spec: LayerOf<'stringLookup'> | LayerOf<'textVectorization'>
  readonly outputShape: Shape
}

interface TextRule {
  readonly tokensIn: (text: string) => readonly string[]
  readonly most: number | null
  /** A token that is not learnt. */
  readonly ignored: string | null
  /** Works out what each text becomes. @returns a function from numbers of texts */
  readonly prepare: (vocabulary: readonly string[], texts: readonly string[]) => (values: Tensor) => Tensor
}

function lookupLayer(
  tf: Tf,
  args: BuildArgs,
  { texts }: BuildContext,
  { className, spec, outputShape }: TextLookup,
  { tokensIn, most, ignored, prepare }: TextRule,
): TfLayer {
  const vocabulary: Vocabulary = { tokens: spec.vocabulary ?? null }
  let prepared: { of: Vocabulary['tokens']; apply: (values: Tensor) => Tensor } | null = null
  const layer = customLayer(tf, args, {
    className,
    config: configWithoutVocabulary(spec),
    outputShape,
    call(values) {
      const { tokens } = vocabulary
      if (prepared === null || prepared.of !== tokens) {
        prepared = { of: tokens, apply: prepare((tokens ?? []) as readonly string[], someText(texts)) }
      }
      return prepared.apply(values)
    },
  })
  if (spec.vocabulary === undefined) {
    adaptTo(layer, vocabulary, {
      tokensOf: (code) => tokensIn(texts?.[code] ?? '').filter((token) => token !== ignored),
      most,
    })
  }
  keepVocabulary(layer, vocabulary)
  return layer
}

/** The vocabulary is that of all numbers that the layer is given while it adapts. */
function adaptTo<T extends Token>(
  layer: TfLayer,
  vocabulary: Vocabulary,
  { tokensOf, most }: { readonly tokensOf: (value: number) => readonly T[]; readonly most: number | null },
): void {
  makeAdaptable(layer, () => {
    const values = new Map<number, number>()
    return {
      see(input) {
        for (const value of input.dataSync()) values.set(value, (values.get(value) ?? 0) + 1)
      },
      weights() {
        const counts = new Map<T, number>()
        for (const [value, times] of values) {
          for (const token of tokensOf(value)) counts.set(token, (counts.get(token) ?? 0) + times)
        }
        vocabulary.tokens = vocabularyOf(counts, most)
        return []
      },
    }
  })
}

/** TensorFlow.js writes texts of a config in another case: what was learnt is saved beside it (`training/weights.ts`). */
function configWithoutVocabulary(spec: { readonly type: string }): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(configOf(spec)).filter(([key]) => key !== 'vocabulary'))
}
