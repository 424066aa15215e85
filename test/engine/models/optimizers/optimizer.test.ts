/** What is done around the rules; where numbers are not plain to see they are those of Keras 3.15. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { optimizer, OPTIMIZERS } from '../../../../src/contract/experiment/optimizer.ts'
import { createOptimizer, type KerasOptimizer } from '../../../../src/main/engine/models/optimizers/optimizer.ts'
import { stepVariables, type VariableState } from '../../../../src/main/engine/models/optimizers/step.ts'
import type { Tensors } from '../../../../src/main/engine/models/optimizers/update-rule.ts'
import { tf, useBackend } from '../load-tf.ts'

beforeAll(() => useBackend('wasm'))

type Rows = number[][]

function build(spec: unknown, first: Rows): KerasOptimizer {
  const names = ['dense/kernel', 'dense/bias']
  const variables = first.map((values, index) => ({
    name: names[index] ?? '',
    variable: tf.variable(tf.tensor(values)),
  }))
  return createOptimizer(tf, optimizer.parse(spec), variables)
}

function apply(trained: KerasOptimizer, gradients: Rows): void {
  trained.apply(gradients.map((values) => tf.tensor(values)))
}

function weightsOf({ variables }: KerasOptimizer): Rows {
  return variables.map(({ variable }) => [...variable.dataSync()].map((value) => Number(value.toFixed(5))))
}

/** Weights after each step. */
function follow(spec: unknown, first: Rows, steps: Rows[]): Rows[] {
  const trained = build(spec, first)
  return steps.map((gradients) => {
    apply(trained, gradients)
    return weightsOf(trained)
  })
}

describe('clipping', () => {
  it('clipnorm shortens each gradient by itself, and leaves zeros alone', () => {
    const steps = [
      [[3, 4], [0.5]],
      [[0, 0], [0]],
    ]
    expect(follow({ type: 'sgd', learningRate: 1, clipnorm: 1 }, [[0, 0], [0]], steps)).toEqual([
      [[-0.6, -0.8], [-0.5]],
      [[-0.6, -0.8], [-0.5]],
    ])
  })

  it('globalClipnorm shortens all alike', () => {
    const steps = [
      [[3, 4], [12]],
      [[0, 0], [0]],
      [[0.1, 0.2], [0.3]],
    ]
    expect(follow({ type: 'sgd', learningRate: 1, globalClipnorm: 1.3 }, [[0, 0], [0]], steps)).toEqual([
      [[-0.3, -0.4], [-1.2]],
      [[-0.3, -0.4], [-1.2]],
      [[-0.4, -0.6], [-1.5]],
    ])
  })

  it('clipvalue cuts each element', () => {
    const steps = [[[3, -4], [0.5]]]
    expect(follow({ type: 'sgd', learningRate: 1, clipvalue: 2 }, [[0, 0], [0]], steps)).toEqual([[[-2, 2], [-0.5]]])
  })

  it('counts large gradients to the last one', () => {
    const trained = createOptimizer(tf, optimizer.parse({ type: 'sgd', learningRate: 1, clipnorm: 1 }), [
      { name: 'w', variable: tf.variable(tf.zeros([600, 400])) },
    ])
    trained.apply([tf.fill([600, 400], 0.1)])
    expect(Math.abs(trained.variables[0]?.variable.dataSync()[0] ?? NaN)).toBeCloseTo(1 / Math.sqrt(240_000), 8)
  })
})

const FOUR = [[[1, 2]], [[3, 0]], [[5, 4]], [[7, 8]]]

describe('accumulation', () => {
  it('updates by the mean of every so many gradients, clipped', () => {
    const spec = { type: 'sgd', learningRate: 0.1, gradientAccumulationSteps: 2, clipvalue: 3 }
    expect(follow(spec, [[10, 10]], FOUR)).toEqual([[[10, 10]], [[9.8, 9.9]], [[9.8, 9.9]], [[9.5, 9.6]]])
  })

  it('counts updates for the rule, batches for the schedule', () => {
    const adam = { type: 'adam', learningRate: 0.1, gradientAccumulationSteps: 2 }
    expect(follow(adam, [[10, 10]], FOUR)).toEqual([[[10, 10]], [[9.9, 9.9]], [[9.9, 9.9]], [[9.80822, 9.81559]]])
    const learningRate = { type: 'piecewiseConstantDecay', boundaries: [1], values: [1, 0.1] }
    expect(follow({ type: 'sgd', learningRate, gradientAccumulationSteps: 2 }, [[10, 10]], FOUR)).toEqual([
      [[10, 10]],
      [[8, 9]],
      [[8, 9]],
      [[7.4, 8.4]],
    ])
  })
})

describe('averages of weights', () => {
  const ONES = Array.from({ length: 5 }, () => [[1]])
  const first = [[10]]

  it('take the place of the weights at the end', () => {
    const trained = build({ type: 'sgd', learningRate: 1, useEma: true, emaMomentum: 0.9 }, first)
    for (const gradients of ONES.slice(0, 3)) apply(trained, gradients)
    expect(weightsOf(trained)).toEqual([[7]])
    trained.finalize()
    expect(weightsOf(trained)).toEqual([[8.71]])
  })

  it('take their place every so many updates', () => {
    const spec = { type: 'sgd', learningRate: 1, useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 3 }
    expect(follow(spec, first, ONES.slice(0, 4))).toEqual([[[9]], [[8]], [[7.75]], [[6.75]]])
  })

  it('go on while gradients accumulate', () => {
    const spec = {
      type: 'sgd',
      learningRate: 1,
      useEma: true,
      emaMomentum: 0.5,
      emaOverwriteFrequency: 2,
      gradientAccumulationSteps: 2,
    }
    expect(follow(spec, first, ONES)).toEqual([[[10]], [[9]], [[9]], [[8.5]], [[8.5]]])
  })

  it('leave weights alone that were never trained', () => {
    const trained = build({ type: 'sgd', useEma: true }, first)
    trained.finalize()
    expect(weightsOf(trained)).toEqual(first)
  })
})

describe('weight decay', () => {
  it('comes before the update, on biases too unless they are left out', () => {
    const spec = { type: 'sgd', learningRate: 0.1, weightDecay: 0.5 }
    expect(follow(spec, [[10], [2]], [[[1], [1]]])).toEqual([[[9.4], [1.8]]])
    expect(follow({ ...spec, excludeFromWeightDecay: ['bias'] }, [[10], [2]], [[[1], [1]]])).toEqual([[[9.4], [1.9]]])
  })
})

describe('loss scale', () => {
  it('is taken out of the gradients of a scaled loss, not of those of the loss itself', () => {
    const spec = { type: 'sgd', learningRate: 1, lossScaleFactor: 8 }
    expect(follow(spec, [[0]], [[[8]]])).toEqual([[[-1]]])
    const trained = build(spec, [[0]])
    const name = trained.variables[0]?.variable.name ?? ''
    trained.applyGradients({ [name]: tf.tensor([8]) })
    expect([weightsOf(trained), trained.plan.lossScale]).toEqual([[[-8]], 8])
  })
})

describe('a variable that the loss does not depend on', () => {
  it('stays as it is and does not count', () => {
    const trained = build({ type: 'adamw', globalClipnorm: 1 }, [[1, 1], [5]])
    const name = trained.variables[0]?.variable.name ?? ''
    trained.applyGradients({ [name]: tf.tensor([1, 1]) })
    expect(weightsOf(trained)[1]).toEqual([5])
    expect(weightsOf(trained)[0]).not.toEqual([1, 1])
  })
})

describe('the learning rate', () => {
  it('can be set at any time, for the batches from then on', () => {
    const trained = build({ type: 'adam', learningRate: 0.1 }, [[1]])
    apply(trained, [[1]])
    trained.setLearningRate(0.01)
    apply(trained, [[1]])
    expect([trained.learningRate, weightsOf(trained)]).toEqual([0.01, [[0.89]]])
  })

  it('of a schedule is that of the next batch, and cannot be set', () => {
    const learningRate = { type: 'exponentialDecay', initialLearningRate: 1, decaySteps: 1, decayRate: 0.5 }
    const trained = build({ type: 'sgd', learningRate }, [[1]])
    apply(trained, [[0]])
    expect(trained.learningRate).toBe(0.5)
    expect(() => trained.setLearningRate(1)).toThrow('the learning rate follows a schedule')
  })
})

/** Everything that an optimizer can remember, for each of them. */
const BUSY = OPTIMIZERS.map((type) => ({
  type,
  learningRate: 0.01,
  weightDecay: 0.1,
  globalClipnorm: 2,
  useEma: true,
  emaMomentum: 0.8,
  emaOverwriteFrequency: 2,
  gradientAccumulationSteps: 3,
  ...(type === 'sgd' || type === 'rmsprop' ? { momentum: 0.9 } : {}),
  ...(type === 'rmsprop' ? { centered: true } : {}),
  ...(type === 'adam' ? { amsgrad: true } : {}),
}))
const FIRST = [[1, -2], [0.5]]
const STEPS = Array.from({ length: 11 }, (_, step) => [[Math.sin(step), step % 3], [Math.cos(step)]])

describe.each(BUSY)('$type with everything', (spec) => {
  it('goes on from its state as if it had never stopped', () => {
    const whole = build(spec, FIRST)
    for (const gradients of STEPS) apply(whole, gradients)
    const before = build(spec, FIRST)
    for (const gradients of STEPS.slice(0, 4)) apply(before, gradients)
    before.setLearningRate(0.01)
    const after = build({ ...spec, learningRate: 1 }, weightsOf(before))
    before.variables.forEach(({ variable }, index) => after.variables[index]?.variable.assign(variable as never))
    after.setState(before.state())
    for (const gradients of STEPS.slice(4)) apply(after, gradients)
    expect([weightsOf(after), after.state()]).toEqual([weightsOf(whole), whole.state()])
  })

  it('takes the same steps when recorded once for all iterations', () => {
    const trained = build(spec, FIRST)
    let states = trained.variables.map(({ name, variable, slots }): Omit<VariableState, 'gradient'> => {
      const copies = Object.entries(slots).map(([slot, tensor]) => [slot, tf.clone(tensor)])
      return { name, weight: tf.clone(variable), slots: Object.fromEntries(copies) as Tensors }
    })
    for (const gradients of STEPS) {
      const entries = Object.entries(trained.scalarsOf()).map(([name, value]) => [name, tf.scalar(value)] as const)
      const updates = stepVariables(tf, trained.plan, {
        variables: states.map((state, index) => ({ ...state, gradient: tf.tensor(gradients[index] ?? []) })),
        scalars: Object.fromEntries(entries),
        phase: null,
        lossScale: 1,
      })
      states = states.map((state, index) => ({ ...state, ...updates[index] }))
      apply(trained, gradients)
      const expected = trained.variables.map(({ variable }) => [...variable.dataSync()])
      expect(states.map(({ weight }) => [...weight.dataSync()])).toEqual(expected)
    }
  })
})

describe('state', () => {
  it('has names that say whose it is', () => {
    const names = (spec: unknown): string[] =>
      build(spec, FIRST)
        .state()
        .map(({ name }) => name)
    expect(names('adam')).toEqual([
      'iteration',
      'learningRate',
      'dense/kernel/momentum',
      'dense/kernel/velocity',
      'dense/bias/momentum',
      'dense/bias/velocity',
    ])
    expect(names({ type: 'sgd', useEma: true, gradientAccumulationSteps: 2 })).toEqual([
      'iteration',
      'learningRate',
      'dense/kernel/average',
      'dense/kernel/gradientAccumulator',
      'dense/bias/average',
      'dense/bias/gradientAccumulator',
    ])
  })

  it('of another optimizer or model is refused, and nothing is changed by it', () => {
    const trained = build('adam', FIRST)
    apply(trained, STEPS[1] ?? [])
    const before = trained.state()
    expect(() => trained.setState(build('sgd', FIRST).state())).toThrow(
      'the state of the optimizer has nothing for dense/kernel/momentum, expected 2',
    )
    expect(() => trained.setState(build('adam', [[1, 2, 3], [1]]).state())).toThrow(
      'the state of the optimizer has 3 numbers for dense/kernel/momentum, expected 2',
    )
    expect(trained.state()).toEqual(before)
  })
})

describe('memory', () => {
  let trained: KerasOptimizer
  beforeEach(() => {
    trained = build(
      BUSY.find(({ type }) => type === 'adam'),
      FIRST,
    )
  })

  it('stays the same over a thousand steps', () => {
    const gradients = FIRST.map((values) => tf.tensor(values))
    trained.apply(gradients)
    const before = tf.memory()
    for (let step = 0; step < 1000; step++) trained.apply(gradients)
    const after = tf.memory()
    expect([after.numTensors, after.numDataBuffers]).toEqual([before.numTensors, before.numDataBuffers])
  })

  it('is given back by dispose, but for the weights', () => {
    trained.dispose()
    expect(trained.variables.map(({ variable }) => variable.isDisposed)).toEqual([false, false])
    expect(trained.variables.flatMap(({ slots }) => Object.values(slots).map((slot) => slot.isDisposed))).not.toContain(
      false,
    )
  })
})
