/** Every file of `examples/chapter10` is complete and trains, at an epoch on some rows; `npm run bench:chapter` does all. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseExperiment } from '../../../src/main/engine/experiment/parse.ts'
import { formatProblem } from '../../../src/main/engine/experiment/problems.ts'
import { loadBackend } from '../../../src/main/engine/training/backends/ladder.ts'
import { fit } from '../../../src/main/engine/training/fit.ts'
import { prepareTraining } from '../../../src/main/engine/training/prepare-training.ts'
import type { StartMessage } from '../../../src/main/engine/training/trainer-protocol.ts'
import { quietHooks } from '../../support/quiet-hooks.ts'

const DIR = resolve('examples/chapter10')
const FILES = readdirSync(DIR).filter((file) => file.endsWith('.yaml'))
const SHARED = resolve(process.env['MINIMA_DATA_DIR'] ?? '../shared/data')
const HEAD = '# yaml-language-server: $schema=../../resources/experiment.schema.json'

describe('examples/chapter10', () => {
  it.for(FILES)('%s trains', async (file, { skip }) => {
    const text = readFileSync(join(DIR, file), 'utf8')
    expect(text.split('\n')[0]).toBe(HEAD)
    const downloaded = /^ {2}dir: \S*\/(\S+)$/m.exec(text)?.[1]
    const dir = downloaded && join(SHARED, downloaded)
    if (dir && !existsSync(dir)) return skip(`needs ${downloaded} in MINIMA_DATA_DIR, by default ../shared/data`)
    const batches = /^ {2}batchSize: 1$/m.test(text) ? {} : { 'fit.batchSize': 128 }
    const overrides = { 'fit.epochs': 1, ...batches, ...(dir && { 'data.dir': dir }) }
    const { experiment, problems } = parseExperiment({ text, overrides })
    expect(problems.map(formatProblem)).toEqual([])
    if (experiment === null) return
    const job: StartMessage = { type: 'start', experiment, baseDir: DIR, weightsDir: tmpdir() }
    const { runtime } = await loadBackend('wasm')
    const training = await prepareTraining(job, runtime)
    const losses: number[] = []
    const outcome = await fit(job, training, {
      ...quietHooks({
        scalar: (tag, _, value) => void (tag === 'train/loss' && losses.push(value)),
      }),
      stopAsked: () => losses.length >= 120,
    })
    expect(['finished', 'stopped']).toContain(outcome.state)
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean(losses.slice(-20))).toBeLessThan(0.8 * mean(losses.slice(0, 5)))
  })
})
