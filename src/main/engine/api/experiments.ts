/** Examples that ship with Minima, and the check of an experiment file while it is written. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Example } from '../../../contract/requests.ts'
import { experimentJsonSchema } from '../../../contract/experiment/json-schema.ts'
import { hparamsOf } from '../experiment/hparams.ts'
import { outlineOf } from '../experiment/outline.ts'
import { checkExperimentText } from '../resolve-experiment.ts'
import type { ApiContext } from './context.ts'
import type { Handlers } from './router.ts'

/** The one that runs at once on every machine comes first. */
const FIRST = 'fashion-mnist-sample'

export function experimentHandlers({
  examplesDir,
}: ApiContext): Pick<Handlers, 'experiments.examples' | 'experiments.check' | 'experiments.schema'> {
  return {
    'experiments.examples': async () => {
      const files = (await readdir(examplesDir)).filter((file) => file.endsWith('.yaml')).sort()
      const examples = await Promise.all(files.map((file) => readExample(examplesDir, file)))
      return examples.sort((a, b) => Number(b.id === FIRST) - Number(a.id === FIRST))
    },
    'experiments.check': async (input) => {
      const { experiment, problems, shape } = await checkExperimentText(input)
      return {
        problems: [...problems],
        hparams: experiment && hparamsOf(experiment),
        outline: experiment && shape && outlineOf(experiment, shape),
      }
    },
    'experiments.schema': () => Promise.resolve(experimentJsonSchema()),
  }
}

async function readExample(examplesDir: string, file: string): Promise<Example> {
  const path = join(examplesDir, file)
  const text = await readFile(path, 'utf8')
  const checked = await checkExperimentText({ text, baseDir: examplesDir, path, overrides: {} })
  const id = file.replace(/\.yaml$/, '')
  return {
    id,
    title: checked.experiment?.name ?? id,
    description: checked.experiment?.description ?? '',
    path,
    baseDir: examplesDir,
    text,
    missing: checked.problems.find((problem) => problem.path.startsWith('data'))?.message ?? null,
  }
}
