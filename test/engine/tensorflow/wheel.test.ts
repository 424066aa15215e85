import { existsSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseWheelName, readFromWheel, unpackWheel } from '../../../src/main/engine/tensorflow/wheel.ts'
import { tensorflowFiles, writeWheel } from './make-wheel.ts'
import { temporaryFolder } from './temporary-folder.ts'

const dir = temporaryFolder()
const signal = new AbortController().signal
const nothing = (): void => undefined

test('only what is wanted is taken, whole and with its rights', async () => {
  const program = { name: 'nvidia/cuda_nvcc/bin/ptxas', text: '#!', mode: 0o755 }
  const file = writeWheel(dir, 'tensorflow-2.99.0-cp312.whl', [...tensorflowFiles(), program])
  const into = join(dir, 'out')
  let last: readonly number[] = []
  const wanted = (name: string): boolean =>
    name.startsWith('tensorflow/include/tensorflow') || name.startsWith('nvidia')
  const bytes = await unpackWheel(file, { wanted, into, onBytes: (...told) => (last = told), signal })
  expect([bytes, last]).toEqual([11, [11, 11]])
  expect(readFileSync(join(into, 'tensorflow/include/tensorflow/c/c_api.h'), 'utf8')).toBe('// header')
  expect(statSync(join(into, program.name)).mode & 0o777).toBe(0o755)
  expect(existsSync(join(into, 'tensorflow/__init__.py'))).toBe(false)
})

test('a wheel that was cut off, or whose bytes have changed, is told apart from a good one', async () => {
  const cut = writeWheel(dir, 'cut-1.0.whl', tensorflowFiles())
  truncateSync(cut, statSync(cut).size - 30)
  const changed = writeWheel(dir, 'changed-1.0.whl', [{ name: 'a.txt', text: 'a', checksum: 1 }])
  const unpack = (file: string): Promise<number> =>
    unpackWheel(file, { wanted: () => true, into: join(dir, 'bad'), onBytes: nothing, signal })
  await expect(unpack(cut)).rejects.toMatchObject({
    code: 'data-invalid',
    message: expect.stringMatching(/^the wheel is not whole/),
  })
  await expect(unpack(changed)).rejects.toMatchObject({ message: expect.stringContaining('a.txt fails its checksum') })
  await expect(unpack(join(dir, 'none.whl'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('nothing is written outside the folder', async () => {
  const file = writeWheel(dir, 'evil-1.0.whl', [{ name: '../evil.txt', text: 'x' }])
  const unpack = unpackWheel(file, { wanted: () => true, into: join(dir, 'evil'), onBytes: nothing, signal })
  await expect(unpack).rejects.toMatchObject({ code: 'data-invalid' })
  expect(existsSync(join(dir, 'evil.txt'))).toBe(false)
})

test('unpacking stops when it is cancelled', async () => {
  const file = writeWheel(dir, 'stop-1.0.whl', tensorflowFiles())
  const controller = new AbortController()
  const onBytes = (): void => controller.abort()
  const unpack = unpackWheel(file, { wanted: () => true, into: join(dir, 'stop'), onBytes, signal: controller.signal })
  await expect(unpack).rejects.toMatchObject({ name: 'AbortError' })
})

test('its name says package and version, its metadata what it asks for', async () => {
  const file = writeWheel(dir, 'tensorflow-2.99.0-cp312-cp312-linux.whl', tensorflowFiles(['six']))
  expect(parseWheelName(file)).toEqual({ package: 'tensorflow', version: '2.99.0' })
  expect(await readFromWheel(file, /METADATA$/)).toContain('Requires-Dist: six')
  await expect(readFromWheel(file, /RECORD$/)).rejects.toMatchObject({ code: 'data-invalid' })
})
