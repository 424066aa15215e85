/** Layers that make numbers of words: of text columns (`data.text`), or of whole numbers. */
import { z } from 'zod'
import { expected, flag, naturalInt, oneOf, positiveInt, text } from '../expected.ts'
import { named } from './parts.ts'

const integer = z.int(expected('a whole number'))
const outputMode = oneOf(['int', 'oneHot', 'multiHot', 'count'])
  .default('int')
  .describe('the index of a token; or rows of 0 and 1, or of how often, one place for each token')

const limits = {
  maxTokens: positiveInt
    .nullable()
    .default(null)
    .describe('at most so many, with those for what is unknown; null: all'),
  padToMaxTokens: flag.default(false).describe('as wide as maxTokens, however many there are'),
}

export const lookupLayers = [
  z
    .strictObject({
      type: z.literal('stringLookup'),
      ...limits,
      numOovIndices: naturalInt.default(1).describe('indices for tokens that are in no training row'),
      maskToken: text.nullable().default(null).describe('a token that counts as nothing: index 0'),
      oovToken: text.default('[UNK]'),
      vocabulary: z.array(text).min(1).optional().describe('default: of the training rows, the most frequent first'),
      outputMode,
      ...named,
    })
    .describe('texts as indices of a vocabulary'),
  z
    .strictObject({
      type: z.literal('integerLookup'),
      ...limits,
      numOovIndices: naturalInt.default(1),
      maskToken: integer.nullable().default(null),
      oovToken: integer.default(-1),
      vocabulary: z.array(integer).min(1).optional().describe('default: of the training rows, the most frequent first'),
      outputMode,
      ...named,
    })
    .describe('whole numbers as indices of a vocabulary'),
  z
    .strictObject({
      type: z.literal('hashing'),
      numBins: positiveInt,
      maskValue: text.nullable().default(null).describe('a text that counts as nothing: bin 0'),
      outputMode,
      ...named,
    })
    .describe('texts as numbers of bins, by their hash: no vocabulary is learnt'),
  z
    .strictObject({
      type: z.literal('textVectorization'),
      ...limits,
      standardize: oneOf(['lowerAndStripPunctuation', 'lower', 'stripPunctuation'])
        .nullable()
        .default('lowerAndStripPunctuation'),
      split: oneOf(['whitespace', 'character']).nullable().default('whitespace'),
      outputMode: oneOf(['int', 'multiHot', 'count']).default('int'),
      outputSequenceLength: positiveInt
        .nullable()
        .default(null)
        .describe('of int: longer texts are cut, shorter end in 0'),
      vocabulary: z.array(text).min(1).optional().describe('default: of the training rows, the most frequent first'),
      ...named,
    })
    .describe('a text as the indices of its words'),
] as const
