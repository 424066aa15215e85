import { afterEach, describe, expect, it } from 'vitest'
import { experiment, type Experiment, type ExperimentInput } from '../../../src/contract/experiment/experiment.ts'
import { chooseThreads, workOf } from '../../../src/main/engine/training/threads.ts'

function given(layers: ExperimentInput['model']['layers'], batchSize = 32): Experiment {
  return experiment.parse({
    data: { source: 'csv', file: 'x.csv', target: 'y' },
    model: { layers },
    fit: { loss: 'meanSquaredError', batchSize },
  })
}

describe('workOf', () => {
  it.each([
    ['dense', [{ type: 'dense', units: 5 }], [10], 32 * 50],
    ['dense over steps', [{ type: 'dense', units: 5 }], [3, 10], 32 * 150],
    ['conv2d', [{ type: 'conv2d', filters: 4, kernelSize: 3 }], [8, 8, 2], 32 * 36 * 72],
    ['lstm', [{ type: 'lstm', units: 4 }], [7, 3], 32 * 7 * (3 * 16 + 4 * 16)],
    ['embedding', [{ type: 'embedding', inputDim: 1000, outputDim: 4 }], [6], 32 * 24],
  ] as const)('of %s', (_name, layers, shape, work) => {
    expect(workOf(given(layers as never), { featureShape: shape, featureNames: null })).toBe(work)
  })
})

describe('chooseThreads', () => {
  const before = process.env['TF_NUM_INTRAOP_THREADS']
  afterEach(() => {
    if (before === undefined) delete process.env['TF_NUM_INTRAOP_THREADS']
    else process.env['TF_NUM_INTRAOP_THREADS'] = before
  })
  const chosen = (batchSize: number, set?: string): string | undefined => {
    delete process.env['TF_NUM_INTRAOP_THREADS']
    if (set !== undefined) process.env['TF_NUM_INTRAOP_THREADS'] = set
    chooseThreads(
      given(
        [
          { type: 'dense', units: 300 },
          { type: 'dense', units: 10 },
        ],
        batchSize,
      ),
      { featureShape: [784], featureNames: null },
    )
    return process.env['TF_NUM_INTRAOP_THREADS']
  }

  it('takes one for small steps, TensorFlow’s own number for large ones', () => {
    expect([chosen(32), chosen(512)]).toEqual(['1', undefined])
  })

  it('leaves alone what somebody has set', () => {
    expect(chosen(32, '4')).toBe('4')
  })
})
