import { expect, test } from 'vitest'
import type { Environment } from '../../../../src/contract/run.ts'
import {
  environmentFacts,
  headlineFacts,
  hparamFacts,
  timeFacts,
} from '../../../../src/renderer/src/views/overview/overview-facts.ts'
import { runRecord } from '../../run-record.ts'

test('the best value leads, test figures before the others, full values behind', () => {
  const best = { tag: 'validation/accuracy', direction: 'max' as const, value: 0.123456, step: 344 }
  const facts = headlineFacts(runRecord('a', { best, stepsPerEpoch: 172 }), { 'epoch/loss': 0.5, 'test/loss': 0.45678 })
  expect(facts).toEqual([
    { name: 'best validation/accuracy', value: '0.1235', title: '0.123456 at step 344, epoch 2', isNumber: true },
    { name: 'test/loss', value: '0.4568', title: '0.45678', isNumber: true },
    { name: 'epoch/loss', value: '0.5000', title: '0.5', isNumber: true },
  ])
})

test('hparams are shown as they were given, long fractions shortened', () => {
  expect(hparamFacts({ optimizer: 'sgd', learningRate: 0.001, shuffle: true, scale: 1 / 255, bias: null })).toEqual([
    { name: 'optimizer', value: 'sgd', title: 'sgd', isNumber: false },
    { name: 'learningRate', value: '0.001', title: '0.001', isNumber: true },
    { name: 'shuffle', value: 'true', title: 'true', isNumber: false },
    { name: 'scale', value: '0.003922', title: '0.00392156862745098', isNumber: true },
    { name: 'bias', value: 'null', title: 'null', isNumber: false },
  ])
})

test('a run that waits has no duration', () => {
  expect(timeFacts(runRecord('a', { startedAt: null, endedAt: null }), 500).map(({ name }) => name)).toEqual([
    'created',
  ])
})

test('what is not known of an environment is not named', () => {
  const environment: Environment = {
    minima: '0.1.0',
    node: 'v24',
    tfjs: null,
    backend: 'cpu',
    backendReason: null,
    device: null,
    os: 'Linux',
    cpu: 'EPYC',
    cpuCores: 2,
    memoryBytes: 2 ** 31,
    gpu: null,
    commandLine: 'minima train x.yaml',
    workingDir: '/home/ada',
    seed: 0,
    git: { commit: '0123456789abcdef', branch: null, dirty: true, diff: '' },
  }
  expect(environmentFacts(environment).map(({ name, value }) => `${name}: ${value}`)).toEqual([
    'backend: cpu',
    'CPU: EPYC, 2 cores',
    'memory: 2.00 GB',
    'OS: Linux',
    'Minima: 0.1.0',
    'Node: v24',
    'seed: 0',
    'command: minima train x.yaml',
    'folder: /home/ada',
    'git: 0123456789, with changes',
  ])
})
