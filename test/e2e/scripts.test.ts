/** Scripts: what `minima init` lays out, code of one's own in the training, those of the chapter. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deleteWorkspace, ROOT, runCommand, temporaryWorkspace } from '../support/served-app.ts'

/** What `minima inspect --json` says. */
interface Inspected {
  readonly runs: readonly {
    readonly hparams: Readonly<Record<string, unknown>>
    readonly metrics: Readonly<Record<string, number>>
    readonly series: readonly {
      readonly tag: string
      readonly count: number
      readonly first: readonly [number, number, number]
      readonly last: readonly [number, number, number]
    }[]
  }[]
}

let workspace: string
let folder: string

beforeAll(() => {
  workspace = temporaryWorkspace()
  folder = temporaryWorkspace()
})
afterAll(() => {
  deleteWorkspace(workspace)
  deleteWorkspace(folder)
})

test('a script trains, and its run keeps a copy of it and of what it imports', async () => {
  expect((await runCommand(workspace, ['init', folder])).stdout).toMatch(/Train it: .*minima.* train .*my-model\.ts/)
  const script = join(folder, 'my-model.ts')
  const text = readFileSync(script, 'utf8').replace('const hidden = [8, 4]', "import { hidden } from './sizes'")
  writeFileSync(script, text)
  writeFileSync(join(folder, 'sizes.ts'), 'export const hidden: number[] = [3]\n')

  const { code, stdout, stderr } = await runCommand(workspace, ['train', script, '--set', 'fit.epochs=2'])
  expect([code, stderr]).toEqual([0, ''])
  const id = /^xor \(run ([a-z0-9]{8})\)$/m.exec(stdout)?.[1] ?? ''
  expect(stdout).toMatch(/^xor: finished in /m)
  const kept = join(workspace, 'runs', id, 'source')
  expect(readFileSync(join(kept, 'my-model.ts'), 'utf8')).toBe(text)
  expect(readFileSync(join(kept, 'sizes.ts'), 'utf8')).toContain('[3]')
})

test('a mistake in it is told with file and line, and nothing is stored', async () => {
  const script = join(folder, 'wrong.ts')
  writeFileSync(
    script,
    "import { experiment } from 'minima-lab'\n\nthrow new Error('not today')\nexport default experiment({})\n",
  )
  const { code, stderr } = await runCommand(workspace, ['train', script])
  expect([code, stderr.trim()]).toEqual([1, `${script}:3: not today`])
  expect(JSON.parse((await runCommand(workspace, ['runs', '--json'])).stdout)).toHaveLength(1)
})

describe('code of a script', () => {
  const SCRIPT = `import { experiment, layers, Model } from 'minima-lab'
import * as tf from '@tensorflow/tfjs'

export default experiment({
  data: { source: 'inline', columns: ['a', 'b', 'y'], target: 'y', rows: [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]] },
  
  hparams: { units: 4 },
  fit: { loss: 'binaryCrossentropy', metrics: ['accuracy'], optimizer: 'adam', epochs: 3, batchSize: 2,
         callbacks: [{ type: 'backupAndRestore' }] },
})

class Xor extends Model {
  hidden
  out = layers.dense({ units: 1, activation: 'sigmoid' })
  constructor(units) {
    super()
    this.hidden = layers.dense({ units, activation: 'tanh' })
  }
  call(inputs) {
    return this.out(tf.relu(this.hidden(inputs)))
  }
}

export const build = (hp) => new Xor(hp.units)
export const callbacks = [
  {
    name: 'counter',
    onEpochEnd(epoch, logs, training) {
      training.log('own/twice', 2 * logs.loss)
      console.log('epoch', epoch, 'said')
    },
  },
]
`
  let script: string
  beforeAll(() => {
    script = join(folder, 'xor.ts')
    writeFileSync(script, SCRIPT)
  })

  test('a class is trained with its callbacks, judged, predicted with and trained on, by the copy that the run kept', async () => {
    const trained = await runCommand(workspace, ['train', script, '--set', 'hparams.units=5', '--name', 'own'])
    expect([trained.code, trained.stderr]).toEqual([0, ''])
    expect(trained.stdout).toMatch(/dense \(Dense\) +\(batch, 5\) +15$/m)
    expect(trained.stdout).toMatch(/^epoch 2 said$/m)
    const inspected = JSON.parse((await runCommand(workspace, ['inspect', 'own', '--json'])).stdout) as Inspected
    const [run] = inspected.runs
    expect(run?.hparams).toMatchObject({ units: 5, layers: 'build(hp)' })
    const twice = run?.series.find(({ tag }) => tag === 'own/twice')
    const loss = run?.series.find(({ tag }) => tag === 'epoch/loss')
    expect(twice?.count).toBe(3)
    expect(twice?.last[2]).toBeCloseTo(2 * (loss?.last[2] ?? NaN), 6)

    const judged = await runCommand(workspace, ['evaluate', 'own', '--part', 'train', '--json'])
    expect([judged.code, judged.stderr]).toEqual([0, ''])
    const predicted = await runCommand(workspace, ['predict', 'own', '--part', 'train', '--json'])
    expect((JSON.parse(predicted.stdout) as { values: number[][] }).values).toHaveLength(4)

    const more = await runCommand(workspace, ['train', '--resume', 'own', '--set', 'fit.epochs=5'])
    expect([more.code, more.stderr]).toEqual([0, ''])
    expect(more.stdout).toMatch(/Resumed after step 6/)
  })

  test('once the file is another, the copy is run only by whoever asks for it', async () => {
    writeFileSync(script, SCRIPT.replace('tf.relu', 'tf.sigmoid'))
    const refused = await runCommand(workspace, ['evaluate', 'own', '--part', 'train'])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(
      /xor\.ts is not what it was then\. .*source: look at it, and add --run-script to run it/,
    )
    const run = await runCommand(workspace, ['evaluate', 'own', '--part', 'train', '--run-script'])
    expect([run.code, run.stderr]).toEqual([0, ''])
    const resumed = await runCommand(workspace, ['train', '--resume', 'own', '--set', 'fit.epochs=6'])
    expect(resumed.stderr).toMatch(/is not what it was then/)
  })

  test.each([
    [
      'build',
      (text: string) => text.replace('return this.out', 'return this.outs'),
      /xor\.ts:20: TypeError: this\.outs is not a function/,
    ],
    [
      'a callback',
      (text: string) => text.replace('2 * logs.loss', 'logs.loss.twice()'),
      /xor\.ts:29: TypeError: the callback counter failed in onEpochEnd: logs\.loss\.twice is not a function/,
    ],
  ])('a mistake in %s fails the run with file and line', async (_what, edit, message) => {
    writeFileSync(script, edit(SCRIPT))
    const { code, stderr } = await runCommand(workspace, ['train', script])
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
  })

  test('a loop of its own takes steps by gradients and by Keras’s loop, and ends with what it gives back', async () => {
    writeFileSync(
      script,
      `${SCRIPT}
export async function fit(hp, model, training) {
  const seen = []
  for await (const epoch of training.epochs()) {
    for await (const batch of training.batches()) {
      if (epoch > 0) seen.push(training.trainOnBatch(batch).loss)
      else {
        const { value, grads } = tf.variableGrads(() => training.loss(batch), training.variables)
        training.applyGradients(grads)
        seen.push(value.dataSync()[0])
        tf.dispose([value, grads])
      }
    }
  }
  const before = tf.memory().numTensors
  for await (const batch of training.batches()) training.testOnBatch(batch)
  if (tf.memory().numTensors !== before) throw new Error('tensors were left behind')
  const { loss } = await training.fit()
  return { steps: training.step, seen: seen.length, epochs: loss.length, units: model.hidden.getWeights()[1].shape[0] }
}
`,
    )
    const { code, stderr, stdout } = await runCommand(workspace, ['train', script, '--name', 'loop'])
    expect([code, stderr]).toEqual([0, ''])
    const { runs } = JSON.parse((await runCommand(workspace, ['inspect', 'loop', '--json'])).stdout) as Inspected
    expect(runs[0]?.metrics).toMatchObject({ steps: 12, seen: 6, epochs: 3, units: 4 })
    expect(stdout).toMatch(/The training is the loop of the script/)
  })
})

describe('the scripts of the chapter', () => {
  const dir = join(ROOT, 'examples/chapter10')
  test.each(readdirSync(dir).filter((file) => file.endsWith('.ts')))('%s learns', async (file) => {
    const sets = ['--set', 'fit.epochs=2', '--set', 'fit.batchSize=128', '--name', file]
    const { code, stderr } = await runCommand(workspace, ['train', join(dir, file), ...sets])
    expect([code, stderr]).toEqual([0, ''])
    const { runs } = JSON.parse((await runCommand(workspace, ['inspect', file, '--json'])).stdout) as Inspected
    const loss = runs[0]?.series.find(({ tag }) => tag === 'epoch/loss')
    expect(loss?.last[2]).toBeLessThan(0.8 * (loss?.first[2] ?? 0))
  })
})
