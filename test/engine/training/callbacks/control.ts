/** A training that only remembers what callbacks did to it. */
import type { TrainingControl } from '../../../../src/main/engine/training/callbacks/callback.ts'

export interface FakeControl extends TrainingControl {
  epoch: number
  step: number
  stopped: boolean
  /** In the order in which they happened. */
  readonly events: string[]
  /** The epoch that the weights are of: each epoch makes its own. */
  weightsOf: number
}

export function fakeControl(learningRate = 0.01, dir = ''): FakeControl {
  const events: string[] = []
  let rate = Math.fround(learningRate)
  return {
    params: { epochs: 100, stepsPerEpoch: 10, batchSize: 32 },
    epoch: 0,
    step: 0,
    stopped: false,
    weightsOf: 0,
    events,
    dir,
    get learningRate() {
      return rate
    },
    setLearningRate(value) {
      rate = Math.fround(value)
    },
    stopTraining(reason) {
      this.stopped = true
      events.push(reason)
    },
    snapshot() {
      return { step: this.step, values: [Float32Array.of(this.weightsOf)] }
    },
    restore(snapshot) {
      this.weightsOf = snapshot.values[0]?.[0] ?? NaN
    },
    model() {
      throw new Error('there is no model')
    },
    save(name) {
      events.push(`saved ${name}`)
      return Promise.resolve(name)
    },
    log: (tag, value) => void events.push(`${tag} ${value}`),
    notice: (line) => void events.push(line),
  }
}
