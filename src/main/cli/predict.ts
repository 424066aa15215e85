/** `minima evaluate RUN` and `minima predict RUN`: what a trained run makes of the rows of its data. */
import { writeFile } from 'node:fs/promises'
import { MinimaError } from '../../contract/errors.ts'
import type { Predictions } from '../../contract/predictions.ts'
import type { RunId } from '../../contract/terms.ts'
import { formatNumber, formatTable } from './format.ts'
import { openSession, type CommandContext } from './session.ts'

export interface PredictOptions {
  readonly workspace: string
  readonly part: Predictions['part']
  readonly rows: number
  /** Where all rows are written to; else `rows` of them are shown. */
  readonly csv?: string
  readonly json: boolean
  /** Run the code that the run kept, even where its file is another now. */
  readonly runScript: boolean
}

export async function evaluateRun(
  run: string,
  options: Omit<PredictOptions, 'rows' | 'csv'>,
  context: CommandContext,
): Promise<number> {
  const told = await ask(run, { ...options, rows: 0 }, context)
  if (options.json) console.log(JSON.stringify({ part: told.part, rows: told.rows, metrics: told.metrics }, null, 2))
  else {
    const rows = Object.entries(told.metrics).map(([name, value]) => [name, formatNumber(value)])
    console.log(formatTable([`${told.part}, ${told.rows.toLocaleString('en-US')} rows`, 'value'], rows, [1]))
  }
  return 0
}

export async function predictRun(run: string, options: PredictOptions, context: CommandContext): Promise<number> {
  const told = await ask(run, options.csv === undefined ? options : { ...options, rows: 1_000_000 }, context)
  if (options.json) console.log(JSON.stringify(told, null, 2))
  else if (options.csv === undefined) console.log(formatTable(headerOf(told), rowsOf(told, formatNumber), []))
  else {
    const lines = [headerOf(told), ...rowsOf(told, String)].map((cells) => cells.map(quoted).join(','))
    await writeFile(options.csv, `${lines.join('\n')}\n`).catch((error: Error) => {
      throw new MinimaError('bad-request', `the predictions cannot be written (${error.message})`)
    })
    console.log(`${told.values.length.toLocaleString('en-US')} rows of ${told.part} written to ${options.csv}`)
  }
  return 0
}

async function ask(run: string, options: Omit<PredictOptions, 'csv'>, context: CommandContext): Promise<Predictions> {
  const session = await openSession(options.workspace, context)
  try {
    const runs = await session.connection.request('runs.list', {})
    const found = runs.find(({ runId }) => runId === run) ?? runs.find(({ name }) => name === run)
    if (!found) throw new MinimaError('not-found', `no run has the id or name ${run}; \`minima runs\` lists them`)
    return await session.connection.request('runs.predict', {
      runId: found.runId as RunId,
      part: options.part,
      rows: options.rows,
      runScript: options.runScript,
    })
  } finally {
    await session.close()
  }
}

/** Of classes: the one that is told, its probability, the true one, and all probabilities. */
function headerOf({ outputs, labels }: Predictions): string[] {
  const several = outputs.length > 1
  const named = outputs.flatMap(({ name, names, isClass }) => {
    const of = several ? `${name} ` : ''
    return [...(isClass ? [`${of}predicted`, `${of}probability`] : []), ...names.map((column) => `${of}${column}`)]
  })
  return ['row', ...named, ...(labels[0] ?? []).map((_, index) => (index === 0 ? 'true' : `true ${index + 1}`))]
}

function rowsOf({ outputs, values, labels }: Predictions, show: (value: number) => string): string[][] {
  return values.map((row, index) => [
    String(index),
    ...outputs.flatMap(({ names, isClass, columns: [from, to] }) => {
      const own = row.slice(from, to)
      if (!isClass) return own.map(show)
      const [label, probability] = classOf(own, names)
      return [label, show(probability), ...own.map(show)]
    }),
    ...(labels[index] ?? []).map((label) => (typeof label === 'number' ? show(label) : label)),
  ])
}

/** The likeliest class; of one number, which is the probability of the second of two, the one above a half. */
function classOf(own: readonly number[], names: readonly string[]): [label: string, probability: number] {
  const [only = NaN] = own
  if (own.length === 1) return only > 0.5 ? ['1', only] : ['0', 1 - only]
  const probability = Math.max(...own)
  const best = own.indexOf(probability)
  return [names[best] ?? String(best), probability]
}

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
