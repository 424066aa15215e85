import { lossDefaults } from '../../../../src/contract/experiment/losses.ts'
import { beforeAll, expect, it } from 'vitest'
import { optimizer } from '../../../../src/contract/experiment/optimizer.ts'
import { trainableOf } from '../../../../src/main/engine/models/forward.ts'
import { createLoss } from '../../../../src/main/engine/models/losses.ts'
import { createOptimizer } from '../../../../src/main/engine/models/optimizers/optimizer.ts'
import type { Scalar, Tensor, Tf, Variable } from '../../../../src/main/engine/models/tf.ts'
import { tensorflow } from '../../../../src/main/engine/training/backends/tensorflow.ts'
import { tensorflowBackend } from '../../../../src/main/engine/training/compiled/binding.ts'
import { compilePrograms, type Programs } from '../../../../src/main/engine/training/compiled/program.ts'
import { createUpdateRecorder } from '../../../../src/main/engine/training/compiled/record-update.ts'
import { describeOnTensorflow } from '../../../support/tensorflow.ts'

const ROWS = 24
const BATCH = 4
const SPEC = optimizer.parse({ type: 'adam', learningRate: 0.05 })

const numbers = (size: number, seed: number): Float32Array =>
  Float32Array.from({ length: size }, (_, index) => Math.sin(index * 1.3 + seed))

describeOnTensorflow('a compiled program', () => {
  let tf: Tf
  beforeAll(async () => {
    ;({ tf } = await tensorflow.load())
  })

  /** Two inputs, a layer that both share, two outputs; the loss weighs the outputs 0.9 and 0.1. */
  function wideAndDeep() {
    const wide = tf.input({ shape: [3] })
    const deep = tf.input({ shape: [3] })
    const shared = tf.layers.dense({ units: 5, activation: 'relu', kernelInitializer: 'heNormal' })
    const joined = tf.layers.concatenate().apply([shared.apply(wide), shared.apply(deep)] as (typeof wide)[])
    const outputs = [
      tf.layers.dense({ units: 1 }).apply(joined),
      tf.layers.dense({ units: 2 }).apply(shared.apply(deep)),
    ]
    const model = tf.model({ inputs: [wide, deep], outputs: outputs as (typeof wide)[] })
    tf.tidy(() => model.setWeights(model.getWeights().map(({ shape, size }) => tf.tensor(numbers(size, size), shape))))
    const loss = createLoss(tf, lossDefaults('meanSquaredError'), false)
    const losses = (x: Tensor[], [main, aux]: [Tensor, Tensor], training: boolean): [Scalar, Scalar, Scalar] => {
      const [first, second] = model.apply(x, { training }) as [Tensor, Tensor]
      const [ofMain, ofAux] = [loss(main, first), loss(aux, second)]
      return [tf.add(tf.mul(ofMain, 0.9), tf.mul(ofAux, 0.1)), ofMain, ofAux]
    }
    return { losses, optimizer: createOptimizer(tf, SPEC, model.layers.flatMap(trainableOf)) }
  }

  const DATA = {
    wide: numbers(ROWS * 3, 1),
    deep: numbers(ROWS * 3, 2),
    main: numbers(ROWS, 3),
    aux: numbers(ROWS * 2, 4),
  }

  function compiled(): { programs: Programs; variables: Variable[] } {
    const backend = tensorflowBackend(tf)
    if (backend === null) throw new Error('no TensorFlow')
    const { losses, optimizer: adam } = wideAndDeep()
    const update = createUpdateRecorder(tf, SPEC, adam)
    const weights = adam.variables.map(({ variable }) => variable)
    const slots = adam.variables.flatMap((variable) => Object.values(variable.slots))
    const programs = compilePrograms(tf, backend, {
      variables: [...weights, ...slots],
      bfloat16: false,
      parts: {
        train: [
          { name: 'wide', shape: [3], values: DATA.wide, ofByte: null },
          { name: 'deep', shape: [3], values: DATA.deep, ofByte: null },
          { name: 'main', shape: [1], values: DATA.main, ofByte: null },
          { name: 'aux', shape: [2], values: DATA.aux, ofByte: null },
        ],
      },
      programs: [
        {
          name: 'step',
          part: 'train',
          rows: BATCH,
          scalars: Object.keys(update.scalarsOf(0)),
          body({ columns: [wide, deep, main, aux], scalars }, recorder) {
            let told: [Scalar, Scalar, Scalar] | undefined
            const { grads } = tf.variableGrads(() => {
              told = losses([wide, deep] as Tensor[], [main, aux] as [Tensor, Tensor], true)
              for (const one of told) tf.keep(one)
              return told[0]
            }, weights)
            update.record(
              recorder,
              weights.map(({ name }) => grads[name] ?? null),
              scalars,
            )
            return { results: told ?? [] }
          },
        },
      ],
    })
    return { programs, variables: weights }
  }

  it('has several inputs and outputs, each with a loss and a weight of its own, and layers that are shared', () => {
    const { programs, variables } = compiled()
    const steps = ROWS / BATCH
    const order = Int32Array.from({ length: ROWS }, (_, row) => row)
    const { losses, optimizer: adam } = wideAndDeep()
    const scalars = Array.from({ length: steps }, (_, step) =>
      Object.values(createUpdateRecorder(tf, SPEC, adam).scalarsOf(step)),
    )
    const told = programs.run('step', { order, scalars: Float32Array.from(scalars.flat()), counter: 1 })

    const eager: number[] = []
    for (let step = 0; step < steps; step++) {
      const rows = (values: Float32Array, width: number): Tensor =>
        tf.tensor2d(values.subarray(step * BATCH * width, (step + 1) * BATCH * width), [BATCH, width])
      const { value, grads } = tf.variableGrads(
        () => {
          const all = losses([rows(DATA.wide, 3), rows(DATA.deep, 3)], [rows(DATA.main, 1), rows(DATA.aux, 2)], true)
          eager.push(...all.map((one) => one.dataSync()[0] ?? NaN))
          return all[0]
        },
        adam.variables.map(({ variable }) => variable),
      )
      adam.applyGradients(grads)
      tf.dispose([value, grads])
    }
    expect(told).toHaveLength(3 * steps)
    for (const [index, value] of eager.entries()) expect(told[index]).toBeCloseTo(value, 5)
    const trained = adam.variables.map(({ variable }) => [...variable.dataSync()])
    for (const [index, values] of programs.read(variables.length).entries()) {
      for (const [at, value] of values.entries()) expect(value).toBeCloseTo(trained[index]?.[at] ?? NaN, 5)
    }
    programs.close()
  })

  it('takes no more steps in a call than it keeps results for', () => {
    const { programs } = compiled()
    const order = new Int32Array(1025 * BATCH)
    expect(() => programs.run('step', { order, scalars: new Float32Array(), counter: 1 })).toThrow(/1025 steps/)
    programs.close()
  })

  it('grows by nothing over a hundred thousand steps', () => {
    const { programs } = compiled()
    const width = Object.keys(createUpdateRecorder(tf, SPEC, wideAndDeep().optimizer).scalarsOf(0)).length
    const order = Int32Array.from({ length: 1000 * BATCH }, (_, index) => index % ROWS)
    const call = { order, scalars: new Float32Array(1000 * width), counter: 1 }
    const run = (calls: number): void => {
      for (let index = 0; index < calls; index++) programs.run('step', call)
    }
    run(20)
    globalThis.gc?.()
    const before = process.memoryUsage.rss()
    run(100)
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(32)
    programs.close()
  })
})
