import { describe, expect, it } from 'vitest'
import { DTYPE } from '../../../../src/main/engine/training/compiled/graph.ts'
import { withBfloat16Products } from '../../../../src/main/engine/training/compiled/mixed-precision.ts'
import type { Trace, TracedOp } from '../../../../src/main/engine/training/compiled/trace.ts'
import { bfloat16Obstacle } from '../../../../src/main/engine/training/precision.ts'
import { tensorflow } from '../../../../src/main/engine/training/backends/tensorflow.ts'
import { tensorflowBackend } from '../../../../src/main/engine/training/compiled/binding.ts'
import { createCompiledSteps } from '../../../../src/main/engine/training/compiled/compiled-steps.ts'
import { optimizer } from '../../../../src/contract/experiment/optimizer.ts'
import { describeOnTensorflow } from '../../../support/tensorflow.ts'
import { BATCH_SIZE, distance, prepare } from './train-both.ts'

const op = (name: string, inputs: TracedOp['inputs'], dtype: number = DTYPE.float32): TracedOp => ({
  op: name,
  attrs: { T: { kind: 'type', value: dtype } },
  inputs,
  constant: false,
  dtypes: [dtype],
  changes: [],
})

/** Each op with its inputs, in words. */
function words({ ops }: Trace): string[] {
  return ops.map(({ op: name, inputs }) => `${name} ${inputs.map((s) => `${s.kind}${s.index}`).join(' ')}`)
}

describe('withBfloat16Products', () => {
  const trace: Trace = {
    ops: [
      op('MatMul', [
        { kind: 'input', index: 0 },
        { kind: 'variable', index: 0 },
      ]),
      op('Relu', [{ kind: 'op', index: 0, output: 0 }]),
      op('MatMul', [
        { kind: 'op', index: 1, output: 0 },
        { kind: 'variable', index: 0 },
      ]),
    ],
    constants: [],
    results: [{ kind: 'op', index: 2, output: 0 }],
    extras: new Map([['hidden', { kind: 'op', index: 1, output: 0 }]]),
    assigns: [{ variable: 0, value: { kind: 'op', index: 1, output: 0 } }],
  }

  it('casts what products are given, each once, and what they give', () => {
    const mixed = withBfloat16Products(trace)
    expect(words(mixed)).toEqual([
      'Cast input0',
      'Cast variable0',
      'MatMul op0 op1',
      'Cast op2',
      'Relu op3',
      'Cast op4',
      'MatMul op5 op1',
      'Cast op6',
    ])
    expect(mixed.results).toEqual([{ kind: 'op', index: 7, output: 0 }])
    expect(mixed.extras.get('hidden')).toEqual({ kind: 'op', index: 4, output: 0 })
    expect(mixed.assigns).toEqual([{ variable: 0, value: { kind: 'op', index: 4, output: 0 } }])
  })

  it('leaves whole numbers alone, such as the shape a gradient is to have', () => {
    const shape = op('Shape', [{ kind: 'input', index: 0 }], DTYPE.int32)
    const gradient = op('Conv2DBackpropInput', [
      { kind: 'op', index: 0, output: 0 },
      { kind: 'variable', index: 0 },
      { kind: 'input', index: 1 },
    ])
    expect(
      words(withBfloat16Products({ ...trace, ops: [shape, gradient], results: [], extras: new Map(), assigns: [] })),
    ).toEqual(['Shape input0', 'Cast variable0', 'Cast input1', 'Conv2DBackpropInput op0 op1 op2', 'Cast op3'])
  })
})

describe('bfloat16Obstacle', () => {
  const obstacle = (name: 'tensorflow' | 'wasm', device: string, cpuInfo: string): string | null =>
    bfloat16Obstacle({ name, device }, () => cpuInfo)

  it('is none on a GPU, nor on a processor that has the instructions', () => {
    expect(obstacle('tensorflow', 'GPU, TensorFlow 2.21.0', '')).toBeNull()
    expect(obstacle('tensorflow', 'CPU, TensorFlow 2.21.0', 'flags : avx512f avx512_bf16 sse')).toBeNull()
  })

  it('is told on other processors and backends', () => {
    expect([
      obstacle('tensorflow', 'CPU, TensorFlow 2.21.0', 'flags : avx512f sse'),
      obstacle('wasm', 'CPU, one thread, SIMD', 'flags : avx512_bf16'),
    ]).toEqual([
      'this processor has no instructions for bfloat16',
      'only steps that are compiled on TensorFlow multiply in bfloat16',
    ])
  })
})

describeOnTensorflow('steps with products in bfloat16', () => {
  it('learn what the others do, to the digits that bfloat16 has', async () => {
    const { tf } = await tensorflow.load()
    const backend = tensorflowBackend(tf)
    if (backend === null) throw new Error('no TensorFlow')
    const runtime = { name: 'tensorflow' as const, device: 'CPU', tfjs: '', tf }
    const model = {
      layers: [
        { type: 'reshape' as const, targetShape: [6, 6, 2] },
        { type: 'conv2d' as const, filters: 4, kernelSize: 3, activation: 'relu' as const },
        { type: 'flatten' as const },
        { type: 'dense' as const, units: 3, activation: 'softmax' as const },
      ],
    }
    const full = await prepare({ model }, runtime, true)
    const { parts, data } = await prepare({ model }, runtime, false)
    const spec = optimizer.parse('sgd')
    const stepData = { parts: data, batchSize: BATCH_SIZE, weights: null }
    const mixed = createCompiledSteps(parts, stepData, spec, backend, { bfloat16: true })
    expect(mixed.how).toBe('compiled with products in bfloat16')
    const rows = Int32Array.from({ length: 10 * BATCH_SIZE }, (_, row) => row % 40)
    const [left, right] = [full, { steps: mixed }].map(({ steps }) => Array.from(steps.train(rows, false).losses))
    expect(distance(left ?? [], right ?? [])).toBeLessThan(1e-2)
    expect(distance(left ?? [], right ?? [])).toBeGreaterThan(1e-6)
    // bfloat16 has the upper half of a float32's bits: weights keep the lower one.
    const weights = mixed.snapshot(0).values[0] ?? new Float32Array()
    expect(
      new Uint32Array(weights.buffer, weights.byteOffset, weights.length).some((bits) => (bits & 0xffff) !== 0),
    ).toBe(true)
  })
})
