/** Defaults of layers, held against those of all constructors of Keras 3 (keras-layer-defaults.py made the table). */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { layer as layerSchema } from '../../../src/contract/experiment/layers.ts'
import { camelCase } from '../../parity/keras-names.ts'

const table = JSON.parse(readFileSync(new URL('keras-layer-defaults.json', import.meta.url), 'utf8')) as {
  readonly layers: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

const TYPES: Readonly<Record<string, string>> = {
  ReLU: 'relu',
  PReLU: 'prelu',
  ELU: 'elu',
  LSTM: 'lstm',
  GRU: 'gru',
  RMSNormalization: 'rmsNormalization',
}

function typeOf(kerasClass: string): string {
  return TYPES[kerasClass] ?? (kerasClass.charAt(0).toLowerCase() + kerasClass.slice(1)).replace(/(\d)D/, '$1d')
}

/** What required settings are given. */
const GIVEN: Readonly<Record<string, unknown>> = {
  units: 3,
  filters: 3,
  kernelSize: 2,
  activation: 'relu',
  targetShape: [2],
  dims: [1],
  n: 2,
  rate: 0.5,
  stddev: 0.5,
  inputDim: 3,
  outputDim: 2,
  scale: 2,
  numTokens: 4,
  binBoundaries: [0],
  layer: { type: 'lstm', units: 2 },
}

/** Required here: what Keras would else learn by `adapt`, or take from the layer before. */
const ALWAYS = ['binBoundaries', 'numTokens']

/** Keras's spelling of a default, and what Minima has for it. */
function alike(ours: unknown, keras: unknown): boolean {
  if (ours === undefined) return keras === null || keras === false
  if (keras === 'uniform') return ours === 'randomUniform'
  if (Array.isArray(keras) && !Array.isArray(ours)) return keras.flat(9).every((value) => value === ours)
  if (keras === null) return ours === null || ours === 'linear'
  if (typeof keras === 'string')
    return typeof ours === 'string' && camelCase(keras).toLowerCase() === ours.toLowerCase()
  return JSON.stringify(ours) === JSON.stringify(keras)
}

const known = layerSchema.options.map(({ shape }) => shape.type.value as string)
const layers = Object.entries(table.layers).map(([name, settings]) => ({ name, type: typeOf(name), settings }))

describe('defaults of Keras 3', () => {
  it('are known of every layer but two', () => {
    const missing = layers.filter(({ type }) => !known.includes(type)).map(({ name }) => name)
    expect(missing).toEqual(['Conv3DTranspose', 'TimeDistributed'])
  })

  it.each(layers.filter(({ type }) => known.includes(type)))('are those of $name', ({ type, settings }) => {
    const option = layerSchema.options.find(({ shape }) => shape.type.value === type)
    const own = Object.keys(option?.shape ?? {})
    const required = own.filter((key) => settings[snake(key)] === '(required)' || ALWAYS.includes(key))
    const parsed = layerSchema.parse({ type, ...Object.fromEntries(required.map((key) => [key, GIVEN[key]])) })
    const compared = Object.entries(settings).filter(
      ([key, value]) => own.includes(camelCase(key)) && key !== 'trainable' && value !== '(required)',
    )
    for (const [key, keras] of compared) {
      if (required.includes(camelCase(key))) continue
      const ours = (parsed as Readonly<Record<string, unknown>>)[camelCase(key)]
      expect(
        alike(ours, keras),
        `${type}.${camelCase(key)}: ${JSON.stringify(ours)}, Keras ${JSON.stringify(keras)}`,
      ).toBe(true)
    }
  })
})

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
