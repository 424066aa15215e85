import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadBackend } from '../../../../src/main/engine/training/backends/ladder.ts'
import type { Callback } from '../../../../src/main/engine/training/callbacks/callback.ts'
import { trainLine } from './train-line.ts'

/** Every hook, which writes down that it was called. */
function scribe(events: string[], batches: boolean): Callback {
  const at = (name: string) => (index: number) => void events.push(`${name} ${index}`)
  const of = (name: string) => () => void events.push(name)
  return {
    name: 'scribe',
    onTrainBegin: of('train begin'),
    onTrainEnd: of('train end'),
    onEpochBegin: at('epoch begin'),
    onEpochEnd: (epoch, logs) => void events.push(`epoch end ${epoch}: ${Object.keys(logs).join(' ')}`),
    onTestBegin: of('test begin'),
    onTestEnd: of('test end'),
    ...(batches && {
      onTrainBatchBegin: at('batch begin'),
      onTrainBatchEnd: at('batch end'),
      onTestBatchBegin: at('test batch begin'),
      onTestBatchEnd: at('test batch end'),
    }),
  }
}

test('hooks are called in the order in which Keras calls them', async () => {
  const events: string[] = []
  await trainLine({ epochs: 1 }, [scribe(events, true)])
  expect(events).toEqual([
    'train begin',
    'epoch begin 0',
    ...[0, 1, 2].flatMap((batch) => [`batch begin ${batch}`, `batch end ${batch}`]),
    'test begin',
    'test batch begin 0',
    'test batch end 0',
    'test end',
    'epoch end 0: loss val_loss learning_rate',
    'train end',
  ])
})

test('a callback changes nothing by looking on, batch by batch or not', async () => {
  const [alone, watched, closely] = [
    await trainLine({}),
    await trainLine({}, [scribe([], false)]),
    await trainLine({}, [scribe([], true)]),
  ]
  expect(watched.weights).toEqual(alone.weights)
  expect(closely.weights).toEqual(alone.weights)
  expect(closely.history).toEqual(alone.history)
})

test('history has a figure for each epoch, by Keras’s names', async () => {
  const { history } = await trainLine({ metrics: ['meanAbsoluteError'], validationFreq: 2 })
  expect(Object.fromEntries(Object.entries(history).map(([name, values]) => [name, values.length]))).toEqual({
    loss: 3,
    meanAbsoluteError: 3,
    learning_rate: 3,
    val_loss: 1,
    val_meanAbsoluteError: 1,
  })
})

test('early stopping ends the training, says when and why, and puts the best weights back', async () => {
  const best: number[][] = []
  const worse: Callback = {
    name: 'spoil after the second epoch',
    onEpochEnd(epoch, _, training) {
      if (epoch === 1) best.push(training.snapshot().values.flatMap((values) => [...values]))
      if (epoch >= 1) training.setLearningRate(0.9)
    },
  }
  const { state, notices, points, history, weights } = await trainLine(
    {
      epochs: 50,
      callbacks: [{ type: 'earlyStopping', monitor: 'validation/loss', patience: 2, restoreBestWeights: true }],
    },
    [worse],
  )
  const losses = history['val_loss'] ?? []
  const bestEpoch = losses.indexOf(Math.min(...losses)) + 1
  const least = Number(Math.min(...losses).toPrecision(4))
  expect(state).toBe('finished')
  expect(losses).toHaveLength(bestEpoch + 2)
  expect(points).toEqual([`event/early_stopping ${bestEpoch + 2} @ ${3 * (bestEpoch + 2)}`])
  expect(notices).toEqual([
    `Stopped early after epoch ${bestEpoch + 2}: validation/loss was best in epoch ${bestEpoch} (${least})`,
    `The weights are those of epoch ${bestEpoch}, the best by validation/loss (${least})`,
  ])
  if (bestEpoch === 2) expect(weights).toEqual(best[0])
})

test('checkpoints are named by their figures, and the best is kept', async () => {
  const {
    dir: run,
    history,
    notices,
  } = await trainLine({
    callbacks: [
      { type: 'modelCheckpoint', filepath: '{epoch:02d}-{val_loss:.3f}', everyEpochs: 2 },
      { type: 'modelCheckpoint', filepath: 'best', monitor: 'loss', saveBestOnly: true, saveWeightsOnly: true },
    ],
  })
  const second = `02-${history['val_loss']?.[1]?.toFixed(3)}`
  expect(readdirSync(join(run, 'checkpoints')).sort()).toEqual([second, 'best'])
  expect(readdirSync(join(run, 'checkpoints', second)).sort()).toEqual(['model.json', 'weights.bin'])
  expect(readdirSync(join(run, 'checkpoints', 'best')).sort()).toEqual(['weights.bin', 'weights.json'])
  expect(notices[0]).toBe(`checkpoints/${second} has the model of epoch 2`)
  expect(notices[1]).toMatch(/^checkpoints\/best has the model of epoch 3, the best by loss \(\d\.\d+\)$/)
})

test('rates follow a schedule over epochs, or rise over the first steps', async () => {
  const schedule = { type: 'exponentialDecay', initialLearningRate: 0.1, decaySteps: 1, decayRate: 0.5 } as const
  const scheduled = await trainLine({ callbacks: [{ type: 'learningRateScheduler', schedule }] })
  expect(scheduled.rates.map((rate) => rate.toFixed(6))).toEqual(['0.100000', '0.050000', '0.025000'])
  const seen: number[] = []
  const watch: Callback = { name: 'watch', onTrainBatchEnd: (_, __, training) => void seen.push(training.learningRate) }
  await trainLine({ callbacks: [{ type: 'warmUp', steps: 4 }], optimizer: { type: 'sgd', learningRate: 0.4 } }, [watch])
  expect(seen.map((rate) => rate.toFixed(2))).toEqual([
    '0.00',
    '0.10',
    '0.20',
    '0.30',
    '0.40',
    '0.40',
    '0.40',
    '0.40',
    '0.40',
  ])
})

test('a line of CSV for each epoch', async () => {
  const { dir: run, history } = await trainLine({ epochs: 2, callbacks: [{ type: 'csvLogger', separator: ';' }] })
  const lines = [0, 1].map((epoch) =>
    [epoch, ...['learning_rate', 'loss', 'val_loss'].map((name) => history[name]?.[epoch])].join(';'),
  )
  expect(readFileSync(join(run, 'log.csv'), 'utf8')).toBe(`epoch;learning_rate;loss;val_loss\n${lines.join('\n')}\n`)
})

test('terminateOnNaN ends the training, not the run, with weights that are good', async () => {
  const { state, notices, weights } = await trainLine({
    epochs: 50,
    optimizer: { type: 'sgd', learningRate: 1e25 },
    callbacks: [{ type: 'terminateOnNaN' }],
  })
  expect(state).toBe('finished')
  expect(notices[0]).toMatch(/^The loss became (NaN|Infinity) at step \d+: terminateOnNaN ended the training/)
  expect(weights.every(Number.isFinite)).toBe(true)
})

test('epochs of other lengths: a first one that is not the first, and fewer steps than a pass', async () => {
  const events: string[] = []
  const later = await trainLine({ initialEpoch: 1, stepsPerEpoch: 2, epochs: 3, validationSteps: 1 }, [
    scribe(events, true),
  ])
  expect(events.filter((event) => event.startsWith('batch end'))).toEqual([0, 1, 0, 1].map((at) => `batch end ${at}`))
  expect(later.history['loss']).toHaveLength(2)
})

test('what a callback writes into the model is trained on', async () => {
  const { tf } = (await loadBackend('wasm')).runtime
  const zeros: Callback = {
    name: 'zeros',
    onEpochEnd(_, __, training) {
      const model = training.model()
      tf.tidy(() => model.setWeights(model.getWeights().map((weight) => tf.zerosLike(weight))))
    },
  }
  const { weights } = await trainLine({ epochs: 1 }, [zeros])
  expect(weights).toEqual([0, 0, 0])
})

test('what a callback throws names it and its hook, and leads to its line', async () => {
  const faulty: Callback = {
    name: 'ratio',
    onEpochEnd() {
      throw new Error('there is no such figure')
    },
  }
  const trained = trainLine({}, [faulty])
  await expect(trained).rejects.toThrow('the callback ratio failed in onEpochEnd: there is no such figure')
  await expect(trained).rejects.toHaveProperty('stack', expect.stringContaining('callbacks.test.ts'))
})
