/** A callback of one's own: after each epoch the validation loss over the training loss, which tells of overfitting. */
import { experiment, type Callback, type Hparams } from 'minima-lab'

export default experiment({
  name: 'California val/train ratio',
  description: 'A callback of its own draws the validation loss over the training loss.',
  data: { source: 'csv', file: '../../resources/data/california-housing.csv.gz', target: 'MedHouseVal' },
  preprocess: [{ type: 'standardize' }],
  split: { validation: 3870, test: 5160, shuffle: true, seed: 42 },
  hparams: { hidden: 3, units: 50 },
  fit: {
    loss: 'meanSquaredError',
    optimizer: { type: 'adam', learningRate: 0.001 },
    metrics: ['rootMeanSquaredError'],
    epochs: 20,
    seed: 42,
  },
})

/** A model may also be data, as in a file, that code puts together. */
export const build = ({ hidden, units }: Hparams) => ({
  layers: [
    ...Array.from({ length: hidden }, () => ({ type: 'dense', units, activation: 'relu' })),
    { type: 'dense', units: 1 },
  ],
})

class ValTrainRatio implements Callback {
  readonly onEpochEnd: Callback['onEpochEnd'] = (epoch, { loss = NaN, val_loss = NaN }, training) => {
    const ratio = val_loss / loss
    training.log('val/train', ratio)
    console.log(`epoch ${epoch + 1}: val/train ${ratio.toFixed(2)}`)
  }
}

export const callbacks = [new ValTrainRatio()]
