import { describe, expect, it } from 'vitest'
import { fillNormal, fillUniform, type Seed } from '../../../src/main/engine/models/philox.ts'
import { nativeBackend, typeAttr } from '../../../src/main/engine/models/native-ops.ts'
import { tensorflow } from '../../../src/main/engine/training/backends/tensorflow.ts'
import { describeOnTensorflow } from '../../support/tensorflow.ts'

/** What TensorFlow 2.21's StatelessRandomUniform and StatelessRandomNormal gave for these seeds. */
const DRAWN: { seed: Seed; uniform: number[]; normal: number[] }[] = [
  {
    seed: [5, 7],
    uniform: [0.12039494514465332, 0.12778854370117188, 0.6554501056671143],
    normal: [1.480251669883728, 1.4292689561843872, -0.624410092830658],
  },
  {
    seed: [2147483647, 1],
    uniform: [0.20704007148742676, 0.8179488182067871, 0.9247193336486816],
    normal: [-1.6154335737228394, 0.7348878979682922, -0.13979372382164001],
  },
  {
    seed: [0, 123456],
    uniform: [0.31362736225128174, 0.8429838418960571, 0.6376392841339111],
    normal: [-1.2702690362930298, 0.839949905872345, 0.8889633417129517],
  },
]

const filled = (fill: (seed: Seed, out: Float32Array) => void, seed: Seed, length: number): Float32Array => {
  const out = new Float32Array(length)
  fill(seed, out)
  return out
}

describe('numbers drawn without state', () => {
  it.each(DRAWN)('of seed $seed are those of TensorFlow', ({ seed, uniform, normal }) => {
    expect([...filled(fillUniform, seed, 3)]).toEqual(uniform)
    for (const [index, value] of filled(fillNormal, seed, 3).entries())
      expect(value).toBeCloseTo(normal[index] ?? NaN, 5)
  })

  it('begin alike whatever the length', () => {
    expect([...filled(fillUniform, [3, 4], 10)].slice(0, 6)).toEqual([...filled(fillUniform, [3, 4], 6)])
  })

  it('are spread evenly, and normally', () => {
    const mean = (values: Float32Array, of: (value: number) => number): number =>
      values.reduce((sum, value) => sum + of(value), 0) / values.length
    const uniform = filled(fillUniform, [1, 1], 100_000)
    expect(mean(uniform, (value) => value)).toBeCloseTo(0.5, 2)
    expect(mean(uniform, (value) => (value - 0.5) ** 2)).toBeCloseTo(1 / 12, 2)
    const normal = filled(fillNormal, [1, 1], 100_000)
    expect(mean(normal, (value) => value)).toBeCloseTo(0, 1)
    expect(mean(normal, (value) => value * value)).toBeCloseTo(1, 1)
  })
})

describeOnTensorflow('numbers drawn without state, beside TensorFlow', () => {
  it.each([
    ['StatelessRandomUniform', fillUniform, 0],
    ['StatelessRandomNormal', fillNormal, 2e-6],
  ] as const)('%s', async (op, fill, tolerance) => {
    const { tf } = await tensorflow.load()
    const native = nativeBackend(tf)
    if (native === null) throw new Error('TensorFlow is not the backend')
    const seed: Seed = [77, 12]
    const attrs = [
      typeAttr(native, 'dtype', 'float32'),
      typeAttr(native, 'T', 'int32'),
      typeAttr(native, 'Tseed', 'int32'),
    ]
    const inputs = [tf.tensor1d([10_007], 'int32'), tf.tensor1d([...seed], 'int32')]
    const drawn = native.executeMultipleOutputs(op, attrs, inputs, 1)[0]?.dataSync() ?? []
    const ours = filled(fill, seed, 10_007)
    expect(Math.max(...ours.map((value, index) => Math.abs(value - (drawn[index] ?? NaN))))).toBeLessThanOrEqual(
      tolerance,
    )
  })
})
