import { expect, test } from 'vitest'
import { checkBackend } from '../../../src/main/engine/training/backends/check-backend.ts'
import { cpu } from '../../../src/main/engine/training/backends/cpu.ts'
import { LADDER, loadBackend, planBackend } from '../../../src/main/engine/training/backends/ladder.ts'

test('the ladder is TensorFlow, WebAssembly, plain JavaScript', () => {
  expect(LADDER.map(({ name }) => name)).toEqual(['tensorflow', 'wasm', 'cpu'])
})

test('a named backend is taken for that reason alone', async () => {
  const { runtime, reason } = await loadBackend('cpu')
  expect([runtime.name, reason, runtime.tfjs]).toEqual(['cpu', 'named by the experiment', '4.22.0'])
})

test('what is passed over says why', () => {
  const { backend, reason } = planBackend('auto')
  if (backend.name === 'tensorflow') expect(reason).toBe('the best of the ladder')
  else expect(reason).toMatch(/^TensorFlow \(native\): .+ \(`minima setup tensorflow.*` sets it up( anew)?\)/)
})

test('a backend that gives wrong numbers or does not load fails its check with the reason', async () => {
  const broken = { ...cpu, load: () => Promise.reject(new Error('libfoo.so.1: cannot open\nmore')) }
  expect(await checkBackend(broken)).toEqual({
    name: 'cpu',
    title: 'Plain JavaScript',
    available: false,
    device: null,
    reason: 'libfoo.so.1: cannot open',
    noDevice: null,
  })
  expect(await checkBackend(cpu)).toMatchObject({ available: true, reason: 'works (tfjs 4.22.0)' })
})
