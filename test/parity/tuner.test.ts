/** Proposals of tuners, held against Keras Tuner's: every `tuner_*.json`. */
import { it } from 'vitest'
import { noGoldens, readGoldens } from './goldens.ts'

const files = readGoldens('tuner').map(({ file }) => file)

it.for(files.length > 0 ? files : ['tuner_*.json'])('%s', (_, { skip }) =>
  skip(files.length > 0 ? 'Minima has no tuners yet' : noGoldens('tuner')),
)
