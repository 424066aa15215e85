import { beforeAll, expect, it } from 'vitest'
import { optimizer, type OptimizerSpec } from '../../../../src/contract/experiment/optimizer.ts'
import type { Tensor, Tf } from '../../../../src/main/engine/models/tf.ts'
import type { Runtime } from '../../../../src/main/engine/training/backends/backend.ts'
import { tensorflow } from '../../../../src/main/engine/training/backends/tensorflow.ts'
import { tensorflowBackend } from '../../../../src/main/engine/training/compiled/binding.ts'
import { createCompiledSteps } from '../../../../src/main/engine/training/compiled/compiled-steps.ts'
import { createSteps } from '../../../../src/main/engine/training/create-steps.ts'
import { fit } from '../../../../src/main/engine/training/fit.ts'
import { describeOnTensorflow } from '../../../support/tensorflow.ts'
import { BATCH_SIZE, distance, prepare, train, type Given } from './train-both.ts'
import { quietHooks } from '../../../support/quiet-hooks.ts'

const MODEL: Given['model'] = {
  layers: [
    { type: 'dense', units: 5, activation: 'relu' },
    { type: 'dense', units: 3, activation: 'softmax' },
  ],
}

interface Counting {
  readonly binding: { getNumOfTensors(): number; getNumOfSavedModels(): number }
}

describeOnTensorflow('compiled steps', () => {
  let runtime: Runtime
  let tf: Tf
  beforeAll(async () => {
    runtime = await tensorflow.load()
    tf = runtime.tf
  })

  const rowsOf = (batches: number): Int32Array =>
    Int32Array.from({ length: batches * BATCH_SIZE }, (_, row) => row % 40)

  /** The reason that a model whose output is changed so cannot be compiled. */
  async function reasonFor(change: (output: Tensor) => Tensor): Promise<string> {
    const { parts, data } = await prepare({ model: MODEL }, runtime, false)
    const forward = { ...parts.forward, outputs: (x: Tensor, on: boolean) => parts.forward.outputs(x, on).map(change) }
    const steps = createSteps({ ...parts, forward }, { parts: data, batchSize: BATCH_SIZE, weights: null }, sgd(0.1))
    const [loss] = Array.from(steps.train(rowsOf(1), false).losses)
    expect(Number.isFinite(loss)).toBe(true)
    return steps.how
  }

  it('fall back with the reason when JavaScript draws numbers', async () => {
    expect(await reasonFor((output) => tf.add(output, tf.randomNormal(output.shape)))).toBe(
      'op by op: Add is given numbers that JavaScript draws anew at each step',
    )
  })

  it('fall back with the reason when a value is read in the middle of the step', async () => {
    expect(await reasonFor((output) => tf.mul(output, (output.dataSync()[0] ?? 0) > 1e9 ? 2 : 1))).toMatch(
      /^op by op: the value of \w+ is read in the middle of the step$/,
    )
  })

  it('fall back with the reason when they branch on chance', async () => {
    let turn = 0
    expect(await reasonFor((output) => (turn++ % 2 === 0 ? tf.relu(output) : output))).toBe(
      'op by op: it takes another way at each step',
    )
  })

  it('leave the weights alone while they are recorded', async () => {
    const compiled = await prepare({ model: MODEL }, runtime, true)
    const eager = await prepare({ model: MODEL }, runtime, false)
    const weights = (training: typeof eager) => training.parts.model.getWeights().map((w) => [...w.dataSync()])
    expect(weights(compiled)).toEqual(weights(eager))
    expect(compiled.steps.snapshot(0)).toEqual(eager.steps.snapshot(0))
  })

  it('train alike when rows are handed in instead of lying in the session', async () => {
    const { parts, data } = await prepare({ model: MODEL }, runtime, false)
    const backend = tensorflowBackend(tf)
    if (backend === null) throw new Error('no TensorFlow')
    const stepData = { parts: data, batchSize: BATCH_SIZE, weights: null }
    const steps = createCompiledSteps(parts, stepData, sgd(0.01), backend, { residentBytes: 0 })
    const resident = await prepare({ model: MODEL }, runtime, true)
    expect(steps.how).toMatch(/^compiled; rows are handed in/)
    const order = rowsOf(7).reverse()
    expect(steps.train(order, false)).toEqual(resident.steps.train(order, false))
    const few = Int32Array.of(3, 1, 2)
    expect(steps.train(few, true)).toEqual(resident.steps.train(few, true))
    const all = Int32Array.from({ length: 7 }, (_, row) => row)
    expect(steps.evaluate('validation', all)).toEqual(resident.steps.evaluate('validation', all))
  })

  it('predict what the eager ones do, in rows of probabilities', async () => {
    const all = Int32Array.from({ length: 7 }, (_, row) => row)
    const [compiled, eager] = [
      await prepare({ model: MODEL }, runtime, true),
      await prepare({ model: MODEL }, runtime, false),
    ]
    const predicted = [...compiled.steps.predict('validation', all)]
    expect(distance(predicted, [...eager.steps.predict('validation', all)])).toBeLessThan(1e-6)
    expect(predicted).toHaveLength(7 * 3)
    expect(predicted.slice(0, 3).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6)
  })

  it('end a call at the first loss that is not finite, and put weights back', async () => {
    const { steps, parts } = await prepare(
      { model: MODEL, fit: { optimizer: { type: 'sgd', learningRate: 1e30 } } },
      runtime,
      true,
    )
    const before = steps.snapshot(0)
    const { losses } = steps.train(rowsOf(20), false)
    const told = Array.from(losses)
    expect(told.length).toBeLessThan(20)
    expect(told.slice(0, -1).every(Number.isFinite)).toBe(true)
    expect(Number.isFinite(told.at(-1))).toBe(false)
    steps.restore(before)
    expect(steps.snapshot(0)).toEqual(before)
    expect(parts.model.getWeights().map((weight) => weight.dataSync())).toEqual(before.values)
  })

  it('take a rate that is changed at the next call', async () => {
    const { steps, parts } = await prepare({ model: MODEL }, runtime, true)
    steps.train(rowsOf(3), false)
    parts.optimizer.setLearningRate(1e-30)
    const before = steps.snapshot(0)
    steps.train(rowsOf(3), false)
    expect(steps.snapshot(0)).toEqual(before)
  })

  it('take weights that somebody wrote into the model', async () => {
    const { steps, parts } = await prepare({ model: MODEL }, runtime, true)
    steps.train(rowsOf(2), false)
    steps.pull()
    const [kernel] = parts.model.getWeights()
    expect(kernel && [...kernel.dataSync()]).toEqual([...(steps.readWeights().get('dense/kernel') ?? [])])
    tf.tidy(() => parts.model.setWeights(parts.model.getWeights().map((weight) => tf.zerosLike(weight))))
    steps.push()
    expect(steps.snapshot(0).values.every((values) => values.every((value) => value === 0))).toBe(true)
  })

  it('count on from the optimizer’s iteration, moments included', async () => {
    const fit: Given['fit'] = { optimizer: { type: 'adam', learningRate: 0.01 } }
    const whole = await prepare({ model: MODEL, fit }, runtime, true)
    const halves = await prepare({ model: MODEL, fit }, runtime, true)
    const losses = Array.from(whole.steps.train(rowsOf(10), false).losses)
    const first = Array.from(halves.steps.train(rowsOf(10).subarray(0, 4 * BATCH_SIZE), false).losses)
    halves.steps.pull()
    const state = halves.parts.optimizer.state()
    const goesOn = await prepare({ model: MODEL, fit }, runtime, true)
    const weights = halves.parts.model.getWeights()
    goesOn.parts.model.setWeights(weights)
    goesOn.parts.optimizer.setState(state)
    goesOn.steps.push()
    const second = Array.from(goesOn.steps.train(rowsOf(10).subarray(4 * BATCH_SIZE), false).losses)
    expect(distance([...first, ...second], losses)).toBeLessThan(1e-6)
  })

  it('are the same in each run', async () => {
    const layers = [...MODEL.layers.slice(0, 1), { type: 'dropout' as const, rate: 0.5 }, ...MODEL.layers.slice(1)]
    expect(await train({ model: { layers } }, runtime, true)).toEqual(await train({ model: { layers } }, runtime, true))
  })

  it('show the weights after each step to who asks, and take what is written', async () => {
    const training = await prepare({ model: MODEL, fit: { epochs: 1 } }, runtime, true)
    const { model } = training.parts
    const seen: number[] = []
    const after = (step: number): void => {
      seen.push(step)
      expect(
        model
          .getWeights()[0]
          ?.dataSync()
          .some((weight) => weight !== 0),
      ).toBe(true)
      tf.tidy(() => model.setWeights(model.getWeights().map((weight) => tf.onesLike(weight))))
    }
    const { notices } = await fit(training.job, training, {
      ...quietHooks(),
      onStep: { writes: true, after },
    })
    expect(seen).toEqual([1, 2, 3, 4, 5, 6])
    expect(notices).toEqual([expect.stringMatching(/one at a time/)])
    expect(training.steps.snapshot(6).values.every((values) => values.every((value) => value === 1))).toBe(true)
  })

  it('keep no tensors, and no session once they are closed', async () => {
    const { binding } = tf.backend() as unknown as Counting
    const sessions = binding.getNumOfSavedModels()
    const { steps } = await prepare({ model: MODEL }, runtime, true)
    expect(binding.getNumOfSavedModels()).toBe(sessions + 1)
    const order = rowsOf(1000)
    const round = (): void => {
      steps.train(order, false)
      steps.train(rowsOf(1), true)
      steps.evaluate('validation', Int32Array.of(0, 1, 2, 3, 4, 5, 6))
      steps.snapshot(0)
      steps.pull()
    }
    round()
    const [native, ours] = [binding.getNumOfTensors(), tf.memory().numTensors]
    for (let call = 0; call < 20; call++) round()
    expect([binding.getNumOfTensors(), tf.memory().numTensors]).toEqual([native, ours])
    steps.close()
    expect(binding.getNumOfSavedModels()).toBe(sessions)
  })
})

function sgd(learningRate: number): OptimizerSpec {
  return optimizer.parse({ type: 'sgd', learningRate })
}
