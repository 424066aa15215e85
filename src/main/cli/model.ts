/** `minima model export RUN FILE` and `minima model import FILE`: models in the files of other programs. */
import { writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { MinimaError } from '../../contract/errors.ts'
import type { ExportedModel } from '../../contract/model-files.ts'
import { pickRun } from './pick-run.ts'
import { openSession, type CommandContext } from './session.ts'

export interface ExportOptions {
  readonly workspace: string
  /** By default what the end of the file says. */
  readonly format?: 'keras' | 'tfjs' | 'savedModel'
  readonly preprocessing: boolean
  readonly json: boolean
}

export async function exportModel(
  run: string,
  file: string,
  options: ExportOptions,
  context: CommandContext,
): Promise<number> {
  const session = await openSession(options.workspace, context)
  try {
    const { runId } = pickRun(await session.connection.request('runs.list', {}), run)
    const exported = await session.connection.request('runs.export', {
      runId,
      file: resolve(file),
      format: options.format ?? 'keras',
      preprocessing: options.preprocessing,
    })
    console.log(options.json ? JSON.stringify(exported, null, 2) : describeExport(exported))
    return 0
  } finally {
    await session.close()
  }
}

const NAMES_SHOWN = 40

function describeExport({ file, bytes, layers, params, inputs, outputs, notes }: ExportedModel): string {
  const count = (value: number): string => value.toLocaleString('en-US')
  return [
    `${file}: ${layers} layers, ${count(params)} parameters, ${count(bytes)} bytes`,
    ...inputs.map(
      ({ name, shape, columns }) => `input ${name} [${shape.join(', ')}]${columns ? `: ${listed(columns)}` : ''}`,
    ),
    ...outputs.map(({ name, names }) => `output ${name}${names ? `: ${listed(names)}` : ''}`),
    ...notes,
  ].join('\n')
}

function listed(names: readonly string[]): string {
  if (names.length <= NAMES_SHOWN) return names.join(', ')
  return `${names.slice(0, NAMES_SHOWN).join(', ')}, and ${names.length - NAMES_SHOWN} more`
}

export interface ImportOptions {
  readonly workspace: string
  /** Where the experiment file goes; by default it is printed. */
  readonly out?: string
}

export async function importModel(
  file: string,
  { workspace, out }: ImportOptions,
  context: CommandContext,
): Promise<number> {
  const session = await openSession(workspace, context)
  try {
    const baseDir = out === undefined ? process.cwd() : dirname(resolve(out))
    const { text, layers } = await session.connection.request('models.import', { file: resolve(file), baseDir })
    if (out === undefined) {
      process.stdout.write(text)
      return 0
    }
    // What is there already is somebody's work.
    await writeFile(out, text, { flag: 'wx' }).catch((error: Error) => {
      throw new MinimaError('bad-request', `the experiment file cannot be written (${error.message})`)
    })
    console.log(`${layers} layers written to ${out}; say there in data what the model is to see`)
    return 0
  } finally {
    await session.close()
  }
}
