import { expect, it } from 'vitest'
import { composeAffine } from '../../../src/main/engine/data/affine.ts'
import { noGoldens, readGoldens } from '../../parity/goldens.ts'

interface Golden {
  layer: string
  config?: object
  adapt: number[][]
  x: number[][]
  y: number[][]
}

const files = readGoldens<{ layers: Golden[] }>('ops')
if (files.length === 0) it('every ops_*.json', ({ skip }) => skip(noGoldens('ops')))

it.each(files)('standardize is Keras’s Normalization: $file', ({ golden: { layers } }) => {
  const golden = layers.find(({ layer, config }) => layer === 'Normalization' && Object.keys(config ?? {}).length === 0)
  const adapt = golden?.adapt ?? []
  const width = adapt[0]?.length ?? 0
  const table = {
    rows: adapt.length,
    featureWidth: width,
    features: Float32Array.from(adapt.flat()),
    labels: new Float32Array(adapt.length),
  }
  const affine = composeAffine([{ type: 'standardize' }], { table, rows: null, madeBy: [] })
  const expected = golden?.y.flat() ?? []
  golden?.x.flat().forEach((x, index) => {
    const column = index % width
    const y = x * (affine?.multiply[column] ?? NaN) + (affine?.add[column] ?? NaN)
    const wanted = expected[index] ?? NaN
    expect(Math.abs(y - wanted) / Math.max(1, Math.abs(wanted))).toBeLessThan(1e-6)
  })
  expect(expected.length).toBeGreaterThan(8)
})
