import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { whyNoDevice } from '../../../src/main/engine/training/backends/cuda-device.ts'
import { temporaryFolder } from './temporary-folder.ts'

const site = temporaryFolder()
const libraries = join(site, 'tensorflow')
mkdirSync(libraries)

test('without a driver that is the reason', () => {
  expect(whyNoDevice(libraries, () => false)).toMatch(/^there is no NVIDIA driver \(libcuda\.so\.1 cannot be loaded\)/)
})

test('the linker itself is asked: a library that is nowhere is not found, one of the system’s is', () => {
  expect(whyNoDevice(libraries, undefined)).not.toBe('')
  if (process.platform === 'linux') expect(whyNoDevice(libraries)).toMatch(/driver|libcudart|GPU/)
})

test('NVIDIA’s libraries count when they lie beside TensorFlow or the linker finds them; the others are named', () => {
  const lib = join(site, 'nvidia/cublas/lib')
  mkdirSync(lib, { recursive: true })
  for (const name of ['libcublas.so.12', 'libcublasLt.so.12']) writeFileSync(join(lib, name), '')
  const systems = new Set(['libcuda.so.1', 'libcudart.so.12', 'libcudnn.so.9', 'libcufft.so.11', 'libcusparse.so.12'])
  expect(whyNoDevice(libraries, (name) => systems.has(name))).toBe(
    "NVIDIA's libcusolver, libcupti, libnccl cannot be found (`minima setup tensorflow --cuda` brings them)",
  )
  expect(whyNoDevice(libraries, () => true)).toMatch(/^the NVIDIA driver shows no GPU/)
})
