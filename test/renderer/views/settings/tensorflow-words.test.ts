import { expect, test } from 'vitest'
import type { EngineInfo } from '../../../../src/contract/requests.ts'
import {
  insteadText,
  installedFacts,
  obstacleOf,
  progressText,
  roughDuration,
  setUpLabel,
  slowerText,
  takesText,
} from '../../../../src/renderer/src/views/settings/tensorflow-words.ts'
import { installedTensorflow, setupJob, setupPlan } from '../../setup-job.ts'

const wasm: EngineInfo['backend'] = { name: 'wasm', device: 'WebAssembly', reason: 'nothing is set up', slowdown: 15 }
const native: EngineInfo['backend'] = { name: 'tensorflow', device: 'TensorFlow (native)', reason: '', slowdown: null }
const nothing = { flavor: null, python: '', wheel: '' }

test('a lesser rung says how much slower it is and what would mend that; TensorFlow says nothing', () => {
  const cpu = { ...wasm, name: 'cpu', device: 'Plain JavaScript', slowdown: 82.5 }
  expect([slowerText(wasm, null), slowerText(cpu, null), slowerText(native, null)]).toEqual([
    'WASM: about 15 × slower; set up TensorFlow…',
    'Plain JavaScript: about 83 × slower; set up TensorFlow…',
    null,
  ])
  expect([insteadText({ ...wasm, slowdown: 2.46 }), insteadText(native)]).toEqual([
    'Runs train on WebAssembly, about 2.5 × slower than on TensorFlow.',
    null,
  ])
})

test('a setup that failed is not offered as if it had never been tried', () => {
  expect(slowerText(wasm, setupJob({ state: 'failed' }))).toBe('WASM: about 15 × slower; setting up TensorFlow failed…')
})

test('progress says what is known: stage, bytes, share, time left', () => {
  expect([
    progressText(setupJob(), 72),
    progressText(setupJob({ totalBytes: null, share: null }), null),
    progressText(setupJob({ stage: 'building', doneBytes: null, totalBytes: null, share: 0.999 }), null),
  ]).toEqual([
    'Downloading · 120 MB of 274 MB · 25% · 1m 12s left',
    'Downloading · 120 MB',
    'Building the binding · 99%',
  ])
})

test('what is set up is told whole', () => {
  expect(installedFacts(installedTensorflow).map(({ name, value }) => `${name}: ${value}`)).toEqual([
    'version: TensorFlow 2.21.0',
    'for: CPU',
    'device: CPU',
    'source: a download by pip',
    'folder: /cache/cpu',
    'size: 935 MB',
  ])
})

test('what a setup takes is said as it would be here', () => {
  expect([
    takesText(setupPlan(), nothing),
    takesText(setupPlan({ downloadBytes: 0 }), nothing),
    takesText(setupPlan(), { ...nothing, wheel: '/x.whl' }),
    takesText(setupPlan({ flavor: 'stock' }), { ...nothing, wheel: '/x.whl' }),
  ]).toEqual([
    'Downloads 274 MB, holds 935 MB on the disk, takes about 2 min.',
    'Downloads nothing, holds 935 MB on the disk, takes about 2 min.',
    'Takes the wheel that is named, holds 935 MB on the disk, takes about 2 min.',
    'Downloads 274 MB, holds 935 MB on the disk, takes about 2 min.',
  ])
})

test('expected times are round', () => {
  expect([1, 21, 54, 55, 95, 3569, 3600, 4200].map(roughDuration)).toEqual([
    '5 s',
    '25 s',
    '55 s',
    '1 min',
    '2 min',
    '59 min',
    '1 h',
    '1 h 10 min',
  ])
})

test('a Python or a wheel that is named may mend an obstacle, but not that of the stock build', () => {
  const blocked = setupPlan({ obstacle: 'no Python was found' })
  expect([
    obstacleOf(blocked, nothing),
    obstacleOf(blocked, { ...nothing, python: ' ' }),
    obstacleOf(blocked, { ...nothing, python: '/usr/bin/python3' }),
    obstacleOf(blocked, { ...nothing, wheel: '/x.whl' }),
    obstacleOf({ ...blocked, flavor: 'stock' }, { ...nothing, wheel: '/x.whl' }),
  ]).toEqual(['no Python was found', 'no Python was found', null, null, 'no Python was found'])
})

test('the button says what it would do after what was before', () => {
  const label = (job: Parameters<typeof setUpLabel>[1], installed = false): string =>
    setUpLabel(setupPlan(), job, installed ? installedTensorflow : null)
  expect([
    label(null),
    label(setupJob({ state: 'failed' })),
    label(setupJob({ state: 'failed', flavor: 'cuda' })),
    label(setupJob({ state: 'cancelled' })),
    label(setupJob({ state: 'done' }), true),
    label(setupJob({ state: 'done' })),
  ]).toEqual(['Set up', 'Try again', 'Set up', 'Go on', 'Set up again', 'Set up'])
})
