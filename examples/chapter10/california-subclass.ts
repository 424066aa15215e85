/**
 * The same model as `california-aux-output.yaml`, written as a class: what Keras calls a subclassed model. `call` may have
 * loops and branches; as long as it looks at no value, its steps are compiled like those of a file.
 */
import * as tf from '@tensorflow/tfjs'
import { experiment, layers, Model, type Hparams, type Tensor } from 'minima-lab'

export default experiment({
  name: 'California subclass',
  description: 'A class with a wide and a deep path and two outputs.',
  data: { source: 'csv', file: '../../resources/data/california-housing.csv.gz', target: 'MedHouseVal' },
  preprocess: [{ type: 'standardize' }],
  split: { validation: 3870, test: 5160, shuffle: true, seed: 42 },
  hparams: { units: 30, activation: 'relu' },
  model: {
    inputs: {
      wide: ['MedInc', 'HouseAge', 'AveRooms', 'AveBedrms', 'Population'],
      deep: ['AveRooms', 'AveBedrms', 'Population', 'AveOccup', 'Latitude', 'Longitude'],
    },
  },
  fit: {
    loss: { main: 'meanSquaredError', aux: 'meanSquaredError' },
    lossWeights: { main: 0.9, aux: 0.1 },
    optimizer: { type: 'adam', learningRate: 0.001 },
    metrics: ['rootMeanSquaredError'],
    epochs: 20,
    seed: 42,
  },
})

class WideAndDeep extends Model {
  readonly hidden1
  readonly hidden2
  readonly main = layers.dense({ units: 1 })
  readonly aux = layers.dense({ units: 1 })

  constructor({ units, activation }: Hparams) {
    super()
    this.hidden1 = layers.dense({ units, activation })
    this.hidden2 = layers.dense({ units, activation })
  }

  override call({ wide, deep }: { wide: Tensor; deep: Tensor }) {
    const hidden = this.hidden2(this.hidden1(deep))
    return { main: this.main(tf.concat([wide, hidden], 1)), aux: this.aux(hidden) }
  }
}

export const build = (hp: Hparams): Model => new WideAndDeep(hp)
