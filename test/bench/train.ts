/**
 * bench:train. How fast Minima trains, beside Keras and tfjs-node's own `fit` on the same machine, rows and weights; how
 * soon its first step is done; and whether memory stays flat over many runs.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { loadBackend } from '../../src/main/engine/training/backends/ladder.ts'
import { ROOT } from '../support/served-app.ts'
import { benchOptions, report, type Bar, type BenchRow } from './report.ts'
import { benchCases, type BenchCase } from './train/cases.ts'
import { startKeras, startTfjsNode, type Contender } from './train/contenders.ts'
import { measureFirstStep } from './train/first-step.ts'
import { barsOf, rowsOf } from './train/judge.ts'
import { measureManyRuns } from './train/many-runs.ts'
import { measureCase, type CaseWork, type Contenders } from './train/measure-case.ts'
import { minimaPeer } from './train/minima-fit.ts'
import { prepareWork } from './train/work.ts'

const DATA = resolve(process.env['MINIMA_DATA_DIR'] ?? join(ROOT, '../shared/data'))
const START = 'start'
const MEMORY = 'memory'
const { seed, scale, rounds = 5, only } = benchOptions()
const cases = benchCases(DATA)
const names = [...cases.map(({ id }) => id), START, MEMORY]
const unknown = only.filter((name) => !names.includes(name))
if (unknown.length > 0) throw new Error(`--only ${unknown.join(', ')}: there are ${names.join(', ')}`)
const wanted = (name: string): boolean => only.length === 0 || only.includes(name)

const rows: BenchRow[] = []
const bars: Bar[] = []
/** What fails leaves a bar that is missed, and the rest goes on. */
async function part(title: string, measure: () => Promise<{ rows: BenchRow[]; bars: Bar[] }>): Promise<void> {
  console.log(`\n${title} (load ${loadavg()[0]?.toFixed(1)})`)
  try {
    const found = await measure()
    rows.push(...found.rows)
    bars.push(...found.bars)
  } catch (error) {
    console.log(`  ${(error as Error).message}`)
    bars.push({ what: `${title}: could not be measured`, limit: 0, value: null, ok: false })
  }
}

const chosen = cases.filter(({ id }) => wanted(id))
const missing = ['fashion-mnist', 'california-housing'].filter((name) => !existsSync(join(DATA, name)))
if (chosen.length > 0 && missing.length > 0) {
  console.log(`There is no ${missing.join(' and no ')} in ${DATA}; MINIMA_DATA_DIR names the folder that has them.`)
  bars.push({ what: `data: ${missing.join(', ')} missing`, limit: 0, value: null, ok: false })
} else if (chosen.length > 0) {
  await measureCases(chosen)
}
if (wanted(START)) await part('from the start to the first step', () => measureFirstStep(rounds))
if (wanted(MEMORY)) await part('many runs', () => measureManyRuns(scale))
console.log('')
report('train', rows, bars)

async function measureCases(chosen: readonly BenchCase[]): Promise<void> {
  const keras = await startKeras().catch((error: Error) => void console.log(`Keras: ${error.message}`))
  if (!keras) {
    bars.push({ what: 'Keras did not start', limit: 0, value: null, ok: false })
    return
  }
  const dir = mkdtempSync(join(tmpdir(), 'minima-bench-train-'))
  const minima = minimaPeer()
  const tfjsNode = startTfjsNodeOrSay()
  const contenders: Contenders = { keras, tfjsNode: tfjsNode?.contender ?? null, minima: minima.contender }
  const { runtime } = await loadBackend('wasm')
  for (const benchCase of chosen) {
    await part(benchCase.title, async () => {
      const work = await workOf(benchCase, dir, runtime.tf)
      const result = await measureCase(work, contenders, rounds)
      return { rows: rowsOf(result), bars: barsOf(result) }
    })
    rmSync(dir, { recursive: true, force: true })
  }
  console.log(`\nMinima trained on ${minima.backend()}`)
  keras.close()
  tfjsNode?.close()
}

function startTfjsNodeOrSay(): { contender: Contender; close(): void } | null {
  try {
    return startTfjsNode()
  } catch (error) {
    console.log(`tfjs-node: ${(error as Error).message}`)
    return null
  }
}

async function workOf(
  benchCase: BenchCase,
  dir: string,
  tf: Parameters<typeof prepareWork>[1]['tf'],
): Promise<CaseWork> {
  const options = { seed, dir, dataDir: DATA, tf }
  const { batchSize } = benchCase.fit
  const most = benchCase.rowsFrom === 'start' ? 60_000 : benchCase.rows
  const count = Math.min(most, Math.max(2 * batchSize + 7, Math.round(benchCase.rows * scale)))
  const timed = await prepareWork(benchCase, { ...options, rows: count })
  const compared = benchCase.comparedRows
    ? await prepareWork(benchCase, { ...options, rows: benchCase.comparedRows })
    : timed
  return { compared, timed }
}
