/** Layers that learn a vocabulary or bins from the training rows: Keras's goldens, and what the goldens do not hold. */
import { beforeAll, describe, expect, it, test } from 'vitest'
import { layer as layerSchema } from '../../../src/contract/experiment/layers.ts'
import { adaptLayers } from '../../../src/main/engine/models/adapt.ts'
import { setFirstWeights } from '../../../src/main/engine/models/build-model.ts'
import { fingerprint64 } from '../../../src/main/engine/models/farm-hash.ts'
import { buildLayer, weightsOf } from '../../../src/main/engine/models/layer-kinds.ts'
import { quantileBoundaries } from '../../../src/main/engine/models/quantile-boundaries.ts'
import { createStepCounter } from '../../../src/main/engine/models/step-counter.ts'
import type { SymbolicTensor, Tensor, TfLayer } from '../../../src/main/engine/models/tf.ts'
import { vocabularyIn } from '../../../src/main/engine/models/vocabulary.ts'
import { camelCase } from '../../parity/keras-names.ts'
import { noGoldens, readGoldens } from '../../parity/goldens.ts'
import { BACKENDS, tf, useBackend } from './load-tf.ts'

type Cell = string | number

interface Adapted {
  readonly layer: TfLayer
  readonly apply: (cells: readonly Cell[]) => number[][]
}

/** @param width numbers of a row */
function adapted(settings: { type: string }, rows: readonly Cell[], also: readonly Cell[] = [], width = 1): Adapted {
  const spec = layerSchema.parse(settings)
  const texts = [...new Set([...rows, ...also].map(String))]
  const isText = [...rows, ...also].some((cell) => typeof cell === 'string')
  const numbers = (cells: readonly Cell[]): Tensor =>
    tf.tensor2d(
      cells.map((cell) => (isText ? texts.indexOf(String(cell)) : Number(cell))),
      [cells.length / width, width],
    )
  const context = { seed: 1, counter: createStepCounter(), texts }
  const layer = buildLayer(tf, spec, { name: 'lookup' }, context, [width])
  layer.apply(tf.input({ shape: [width] }) as SymbolicTensor)
  setFirstWeights(tf, layer, weightsOf(spec, [width]), 1)
  adaptLayers(tf, [layer], () => {
    for (let from = 0; from < rows.length; from += 4 * width) layer.apply(numbers(rows.slice(from, from + 4 * width)))
  })
  return { layer, apply: (cells) => (layer.apply(numbers(cells)) as Tensor).arraySync() as number[][] }
}

interface Golden {
  readonly layer: string
  readonly config?: Readonly<Record<string, unknown>>
  readonly adapt?: readonly Cell[]
  readonly vocabulary?: readonly Cell[]
  readonly bin_boundaries?: readonly number[]
  readonly x: readonly Cell[]
  readonly y: readonly (number | readonly number[])[]
}

const files = readGoldens<{ layers: Golden[] }>('ops')
if (files.length === 0) it('every ops_*.json', ({ skip }) => skip(noGoldens('ops')))
const goldens = files
  .flatMap((file) => file.golden.layers)
  .filter(({ layer, adapt }) => adapt !== undefined && layer !== 'Normalization')

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend))

  it.each(goldens.map((golden, index) => ({ ...golden, index })))('golden $index: $layer $config', (golden) => {
    const spoken = Object.entries(golden.config ?? {}).map(([key, value]) => [
      camelCase(key),
      key === 'output_mode' ? camelCase(String(value)) : value,
    ])
    const type = golden.layer.charAt(0).toLowerCase() + golden.layer.slice(1)
    const settings = { type, ...Object.fromEntries(spoken) } as { type: string; outputMode?: string }
    // Rows of 0 and 1 are as wide as the vocabulary, which a file has to say before the rows are read.
    const rows = settings.outputMode === 'oneHot' ? { padToMaxTokens: true, maxTokens: golden.vocabulary?.length } : {}
    const { layer, apply } = adapted({ ...settings, ...rows }, golden.adapt ?? [], golden.x)
    const learnt = vocabularyIn(layer)?.tokens
    if (golden.vocabulary) expect(learnt).toEqual(golden.vocabulary.slice(-(learnt?.length ?? 0)))
    if (golden.bin_boundaries) {
      // Keras's are approximate: within a hundredth of the ranks.
      const learnt = Array.from(layer.getWeights()[0]?.dataSync() ?? [])
      const share = (of: number): number =>
        (golden.adapt ?? []).filter((value) => Number(value) <= of).length / (golden.adapt?.length ?? 1)
      for (const [at, of] of golden.bin_boundaries.entries()) {
        expect(Math.abs(share(learnt[at] ?? NaN) - share(of))).toBeLessThanOrEqual(0.01)
      }
      return
    }
    const got = apply(golden.x)
    const wanted = golden.y.map((value) => [value].flat())
    // Which unknown token has which of several indices is FarmHash's affair, tested below.
    expect(got).toEqual(wanted)
  })

  test('words of texts, the most frequent first, cut to length and filled up', () => {
    const rows = ['The cat sat.', 'the DOG; the cat', 'a cat']
    const settings = { type: 'textVectorization', outputSequenceLength: 4, maxTokens: 4 }
    const { layer, apply } = adapted(settings, rows, ['a dog and the cat sat', 'the cat', ''])
    expect(vocabularyIn(layer)?.tokens).toEqual(['the', 'cat'])
    expect(apply(['a dog and the cat sat', 'the cat', ''])).toEqual([
      [1, 1, 1, 2],
      [2, 3, 0, 0],
      [0, 0, 0, 0],
    ])
  })

  test.each([
    [
      'count',
      [
        [1, 2, 1, 0],
        [0, 0, 0, 0],
      ],
    ],
    [
      'multiHot',
      [
        [1, 1, 1, 0],
        [0, 0, 0, 0],
      ],
    ],
  ])('words of texts as %s', (outputMode, wanted) => {
    const settings = {
      type: 'textVectorization',
      outputMode,
      maxTokens: 4,
      padToMaxTokens: true,
      vocabulary: ['a', 'b'],
    }
    expect(adapted(settings, ['x'], ['A b, a c', '']).apply(['A b, a c', ''])).toEqual(wanted)
  })

  test('hashing puts texts into the bins that Keras does, and a mask into the first', () => {
    const texts = ['x', 'NEAR BAY', 'INLAND']
    const bin = (text: string, bins: bigint): number => Number(fingerprint64(text) % bins)
    const plain = adapted({ type: 'hashing', numBins: 5 } as never, texts)
    expect(plain.apply(texts).flat()).toEqual(texts.map((text) => bin(text, 5n)))
    const masked = adapted({ type: 'hashing', numBins: 5, maskValue: 'x' } as never, texts)
    expect(masked.apply(texts).flat()).toEqual([0, bin('NEAR BAY', 4n) + 1, bin('INLAND', 4n) + 1])
  })

  test('a mask is nothing: index 0, and no place in rows of 0 and 1', () => {
    const rows = ['a', '', 'b', 'b']
    expect(adapted({ type: 'stringLookup', maskToken: '' } as never, rows, ['c']).apply(['', 'c', 'b', 'a'])).toEqual([
      [0],
      [1],
      [2],
      [3],
    ])
    const wide = { type: 'stringLookup', maskToken: '', outputMode: 'oneHot', maxTokens: 3, padToMaxTokens: true }
    expect(adapted(wide, rows, ['c']).apply(['', 'c', 'b'])).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
    ])
  })

  test('several columns of a row are looked up each, and counted together', () => {
    const settings = { type: 'stringLookup', outputMode: 'count', vocabulary: ['a', 'b'] }
    expect(adapted(settings, ['a', 'b'], ['z'], 2).apply(['a', 'a', 'b', 'z'])).toEqual([
      [0, 2, 0],
      [1, 0, 1],
    ])
  })

  test('whole numbers, masked and unknown', () => {
    const settings = { type: 'integerLookup', maskToken: 0, numOovIndices: 2 } as { type: string }
    expect(adapted(settings, [7, 7, 0, 9]).apply([0, 9, 7, 4, 5])).toEqual([[0], [4], [3], [1], [2]])
  })
})

test.each([
  // tf.strings.to_hash_bucket_fast of TensorFlow 2.21, of 2^62 buckets.
  ['', 1936946117179621455n],
  ['hello', 3786372426573024488n],
  ['abcdefghijklmnopq', 2171023947900359592n],
  ['y'.repeat(33), 3999049019338133246n],
  ['0123456789'.repeat(13), 1497403020669705476n],
])('FarmHash of %j', (text, wanted) => {
  expect(fingerprint64(text) % 2n ** 62n).toBe(wanted)
})

test('bins hold about as many numbers each', () => {
  const values = Float32Array.from({ length: 10_000 }, (_, at) => Math.sqrt(((at * 7919) % 10_000) / 10_000))
  const boundaries = quantileBoundaries(values, 4, 0.01)
  expect(boundaries).toHaveLength(3)
  for (const [index, boundary] of boundaries.entries()) expect(boundary).toBeCloseTo(Math.sqrt((index + 1) / 4), 1)
})
