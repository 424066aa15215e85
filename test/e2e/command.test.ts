import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEngineProcess } from '../support/engine-process.ts'
import { deleteWorkspace, ROOT, runCommand, temporaryWorkspace } from '../support/served-app.ts'

const XOR = join(ROOT, 'examples/xor.yaml')
let workspace: string

beforeAll(async () => {
  workspace = temporaryWorkspace()
})
afterAll(() => deleteWorkspace(workspace))

test('train says what it trains, a line per epoch, and how it ended', async () => {
  const { code, stdout } = await runCommand(workspace, ['train', XOR, '--set', 'fit.epochs=3', '--name', 'short'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^short \(run [a-z0-9]{8}\)$/m)
  expect(stdout).toMatch(/^parameters: \d+ \(\d+ trainable\)$/m)
  expect(stdout).toMatch(/^backend: (tensorflow|wasm) \(.+\)\n {2}why: .+$/m)
  expect(stdout.match(/^epoch \d {2}loss \S+ {2}accuracy \S+$/gm)).toHaveLength(3)
  expect(stdout).toMatch(/^short: finished in /m)
})

test('inspect --json has exact aggregates of every series', async () => {
  const { stdout } = await runCommand(workspace, ['inspect', 'short', '--json'])
  const [run] = (JSON.parse(stdout) as { runs: Record<string, unknown>[] }).runs
  expect(run).toMatchObject({
    name: 'short',
    state: 'finished',
    hparams: { epochs: 3 },
    source: { kind: 'minima', path: XOR },
    environment: { tfjs: '4.22.0', commandLine: expect.stringContaining('train'), seed: expect.any(Number) },
  })
  const loss = (run?.['series'] as { tag: string }[]).find(({ tag }) => tag === 'epoch/loss')
  expect(loss).toMatchObject({ count: 3, nanCount: 0, best: { direction: 'min' } })
  expect(loss).toHaveProperty('last.2', expect.any(Number))
  expect((run?.['histograms'] as unknown[]).length).toBeGreaterThan(0)
})

test('evaluate tells of a part of the data what training told at its end', async () => {
  const iris = join(ROOT, 'examples/iris.yaml')
  expect((await runCommand(workspace, ['train', iris, '--set', 'fit.epochs=30', '--name', 'iris'])).code).toBe(0)
  const [run] = (JSON.parse((await runCommand(workspace, ['inspect', 'iris', '--json'])).stdout) as Inspected).runs
  for (const part of ['validation', 'test']) {
    const { stdout } = await runCommand(workspace, ['evaluate', 'iris', '--part', part, '--json'])
    const { rows, metrics } = JSON.parse(stdout) as { rows: number; metrics: Record<string, number> }
    expect(rows).toBe(run?.rows[part])
    expect(metrics['accuracy']).toBe(run?.metrics[`${part}/accuracy`])
    expect(metrics['loss']).toBeCloseTo(run?.metrics[`${part}/loss`] ?? NaN, 5)
  }
})

test('a trained model goes to Keras’s file and comes back: imported, it tells of the rows what it told', async () => {
  const file = join(workspace, 'iris.keras')
  const exported = await runCommand(workspace, ['model', 'export', 'iris', file, '--without-preprocessing'])
  expect([exported.code, exported.stderr]).toEqual([0, ''])
  expect(exported.stdout).toMatch(/iris\.keras: \d+ layers, [\d,]+ parameters/)
  const imported = join(workspace, 'imported.yaml')
  expect((await runCommand(workspace, ['model', 'import', file, '--out', imported])).code).toBe(0)
  // The data is the example's; the layers, the loss and the weights are the file's.
  const [run] = (JSON.parse((await runCommand(workspace, ['inspect', 'iris', '--json'])).stdout) as Inspected).runs
  const example = readFileSync(join(ROOT, 'examples/iris.yaml'), 'utf8')
  const data = example.slice(example.indexOf('data:'), example.indexOf('model:')).replaceAll('../', `${ROOT}/`)
  const text = `${data.replace(/(file|dir): (?!\/)/g, `$1: ${ROOT}/examples/`)}\n${readFileSync(imported, 'utf8')}`
  writeFileSync(imported, text)
  const judged = await runCommand(workspace, ['train', imported, '--set', 'fit.epochs=0', '--name', 'again'])
  expect([judged.code, judged.stderr]).toEqual([0, ''])
  const { runs } = JSON.parse((await runCommand(workspace, ['inspect', 'again', '--json'])).stdout) as Inspected
  expect(runs[0]?.metrics['test/loss']).toBeCloseTo(run?.metrics['test/loss'] ?? NaN, 5)
})

test('predict names the class of each row, with its probability and the true one', async () => {
  const { stdout } = await runCommand(workspace, ['predict', 'iris', '--rows', '3'])
  const [head = '', , ...rows] = stdout.trim().split('\n')
  expect(head).toMatch(/^row +predicted +probability +setosa +versicolor +virginica +true$/)
  expect(rows).toHaveLength(3)
  const file = join(workspace, 'predictions.csv')
  await runCommand(workspace, ['predict', 'iris', '--csv', file, '--part', 'train'])
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n')
  expect(header).toBe('row,predicted,probability,setosa,versicolor,virginica,true')
  const right = lines.filter((line) => line.split(',')[1] === line.split(',')[6])
  expect(right.length / lines.length).toBeGreaterThan(0.85)
  const { code, stderr } = await runCommand(workspace, ['predict', 'short', '--part', 'validation'])
  expect([code, stderr.trim()]).toEqual([1, 'this run had no rows for validation'])
})

interface Inspected {
  readonly runs: readonly { readonly rows: Record<string, number>; readonly metrics: Record<string, number> }[]
}

test('train --resume goes on with a run, with more epochs', async () => {
  const args = ['train', '--resume', 'short', '--set', 'fit.epochs=5']
  const { code, stdout } = await runCommand(workspace, args)
  expect(code).toBe(0)
  expect(stdout.match(/^epoch (\d) {2}loss/gm)).toHaveLength(5)
  expect(stdout).toMatch(/^Resumed after step \d+, in epoch 4$/m)
  const again = await runCommand(workspace, ['train', '--resume', 'short'])
  expect([again.code, again.stderr.trim()]).toEqual([
    1,
    'short has trained all of its 5 epochs; give it more to go on: --set fit.epochs=10',
  ])
})

test('lr-find shows losses by rate, and a suggestion or why there is none', async () => {
  const other = temporaryWorkspace()
  const { code, stdout } = await runCommand(other, [
    'lr-find',
    XOR,
    '--from',
    '1e-4',
    '--to',
    '1',
    '--iterations',
    '60',
  ])
  deleteWorkspace(other)
  expect(code).toBe(0)
  expect(stdout).toMatch(/^learning rate +loss$/m)
  expect(stdout).toMatch(/^ +1\.000e-4 +\d/m)
  expect(stdout).toMatch(/^(Suggested learning rate \S+|No suggestion): .*the loss/m)
})

test('runs lists them', async () => {
  const { stdout } = await runCommand(workspace, ['runs'])
  expect(stdout).toMatch(/short +finished +epoch\/\S+ \S+/)
})

test('a mistake in the file is told with path and line, and nothing is stored', async () => {
  const file = join(workspace, 'wrong.yaml')
  const text = readFileSync(XOR, 'utf8').replace(/batchSize: \d+/, 'batchSize: 0')
  writeFileSync(file, text)
  const line = text.split('\n').findIndex((one) => one.includes('batchSize')) + 1
  const { code, stderr } = await runCommand(workspace, ['train', file])
  expect([code, stderr.trim()]).toEqual([1, `fit.batchSize: expected a positive integer, got 0 (line ${line})`])
  expect(JSON.parse((await runCommand(workspace, ['runs', '--json'])).stdout)).toHaveLength(3)
})

test.each([
  [['train', 'nowhere.yaml'], /^the experiment file cannot be read \(ENOENT/],
  [['train', XOR, '--set', 'nonsense'], /^--set nonsense: expected PATH=VALUE/],
  [['inspect', 'nobody'], /^no run has the id or name nobody/],
  [['serve', '--port', '99999'], /expected 0 to 65535/],
  [['train'], /^expected an experiment file to train, or --resume with a run to go on with/],
  [['train', '--resume', 'nobody'], /^no run has the id or name nobody/],
  [['lr-find', XOR, '--from', '-1'], /expected a positive number/],
  [['frobnicate'], /unknown command|too many arguments/],
])('%j fails with a clear line', async (args, message) => {
  const { code, stderr } = await runCommand(workspace, args)
  expect(code).toBe(1)
  expect(stderr).toMatch(message)
})

test('doctor tries every rung and names the one that new runs take', async () => {
  const { code, stdout } = await runCommand(workspace, ['doctor'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/✓ WebAssembly \(CPU, one thread, (no )?SIMD\): works/)
  expect(stdout).toMatch(/✓ Plain JavaScript \(.*\): works/)
  expect(stdout).toMatch(/[✓✗] TensorFlow \(native\).*: .+/)
  expect(stdout).toMatch(/New runs train on: (TensorFlow \(native\)|WebAssembly)/)
})

test('beside a living engine a command speaks to it', async () => {
  const engine = await startEngineProcess(workspace)
  const seen: string[] = []
  engine.connection.on('runChanged', ({ run }) => seen.push(`${run.name} ${run.state}`))
  const { code } = await runCommand(workspace, ['train', XOR, '--set', 'fit.epochs=2', '--name', 'beside'])
  await engine.kill('SIGTERM')
  expect(code).toBe(0)
  expect(seen).toContain('beside finished')
})
