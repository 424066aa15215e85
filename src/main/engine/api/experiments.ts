/** Examples that ship with Minima, and what writing an experiment file needs: its check, its schema, folders of data. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { MinimaError } from '../../../contract/errors.ts'
import type { Example, Folder } from '../../../contract/requests.ts'
import { experimentJsonSchema } from '../../../contract/experiment/json-schema.ts'
import { previewData } from '../data/preview.ts'
import { parseExperiment } from '../experiment/parse.ts'
import { hparamsOf } from '../experiment/hparams.ts'
import { outlineOf } from '../experiment/outline.ts'
import { checkExperimentText } from '../resolve-experiment.ts'
import type { ApiContext } from './context.ts'
import type { Handlers } from './router.ts'

/** The one that runs at once on every machine comes first. */
const FIRST = 'fashion-mnist-sample'

export function experimentHandlers({
  examplesDir,
}: ApiContext): Pick<
  Handlers,
  | 'experiments.examples'
  | 'experiments.check'
  | 'experiments.preview'
  | 'experiments.schema'
  | 'scripts.read'
  | 'files.list'
> {
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
    'experiments.preview': (input) => {
      const { experiment } = parseExperiment(input)
      return experiment && previewData(experiment.data, input.baseDir)
    },
    'experiments.schema': () => Promise.resolve(experimentJsonSchema()),
    'scripts.read': ({ path }) => readScriptText(resolve(atHome(path))),
    'files.list': ({ baseDir, dir }) => listFolder(resolve(baseDir, atHome(dir))),
  }
}

const SCRIPT = /\.[cm]?[jt]s$/

async function readScriptText(path: string): Promise<{ path: string; text: string }> {
  if (!SCRIPT.test(path)) throw new MinimaError('bad-request', `${path}: expected a script, a .ts or .js file`)
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new MinimaError('not-found', `the script cannot be read (${error.message})`)
  })
  return { path, text }
}

function atHome(path: string): string {
  return path.replace(/^~(?=$|[\\/])/, () => homedir())
}

async function listFolder(dir: string): Promise<Folder> {
  const found = await readdir(dir, { withFileTypes: true }).catch((error: Error) => {
    throw new MinimaError('not-found', `the folder cannot be read (${error.message})`)
  })
  const shown = found.filter(({ name }) => !name.startsWith('.'))
  const entries = await Promise.all(
    shown.map(async ({ name }) => {
      const stats = await stat(join(dir, name)).catch(() => null) // such as a link to nowhere
      return stats && { name, isFolder: stats.isDirectory(), bytes: stats.isFile() ? stats.size : 0 }
    }),
  )
  const there = entries.filter((entry) => entry !== null)
  return {
    dir,
    entries: there.sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || a.name.localeCompare(b.name)),
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
