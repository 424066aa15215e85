/** How good what tuners find is, held against Keras Tuner and Optuna: every `hpo_quality_*.json`. */
import { it } from 'vitest'
import { noGoldens, readGoldens } from './goldens.ts'

const files = readGoldens('hpo_quality').map(({ file }) => file)

it.for(files.length > 0 ? files : ['hpo_quality_*.json'])('%s', (_, { skip }) =>
  skip(files.length > 0 ? 'Minima has no tuners yet' : noGoldens('hpo_quality')),
)
