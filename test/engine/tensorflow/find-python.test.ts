import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { findPythons } from '../../../src/main/engine/tensorflow/find-python.ts'
import { libraryNames } from '../../../src/main/engine/training/backends/tensorflow-home.ts'
import { makePython, makeTensorflow } from './fake-python.ts'
import { temporaryFolder } from './temporary-folder.ts'

const dir = temporaryFolder()
const LIBRARIES = libraryNames()

test('the active environment comes first, then PATH in its order; one Python by two names counts once', async () => {
  const env = makePython(join(dir, 'env/bin/python3'))
  const conda = makePython(join(dir, 'conda/bin/python3'))
  const usr = makePython(join(dir, 'usr/bin/python3'))
  symlinkSync('python3', join(dirname(usr), 'python'))
  const broken = join(dir, 'broken/python3')
  mkdirSync(dirname(broken))
  writeFileSync(broken, 'not a program')
  const found = await findPythons(null, {
    VIRTUAL_ENV: join(dir, 'env'),
    CONDA_PREFIX: join(dir, 'conda'),
    PATH: [dirname(broken), dirname(usr), join(dir, 'nowhere')].join(':'),
  })
  expect(found.map(({ path }) => path)).toEqual([env, conda, usr])
  expect(found[0]).toEqual({ path: env, version: '3.12.1', pip: '23.2.1', tensorflow: null })
})

test('a TensorFlow counts when its libraries and headers are there, and says whether NVIDIA’s are beside it', async () => {
  const withCuda = makeTensorflow(join(dir, 'cuda'), LIBRARIES)
  mkdirSync(join(dir, 'cuda/nvidia/cudnn/lib'), { recursive: true })
  writeFileSync(join(dir, 'cuda/nvidia/cudnn/lib/libcudnn.so.9'), '')
  const plain = makeTensorflow(join(dir, 'plain'), LIBRARIES)
  const old = makeTensorflow(join(dir, 'old'), LIBRARIES.slice(1))
  const find = async (of: string, name: string) => {
    const path = makePython(join(dir, `py-${name}`), { dir: of, package: name, tensorflow: '2.99.0' })
    return (await findPythons(path))[0]?.tensorflow ?? null
  }
  expect(await find(withCuda, 'tensorflow')).toEqual({ dir: withCuda, version: '2.99.0', hasCuda: true })
  expect(await find(plain, 'tensorflow')).toEqual({ dir: plain, version: '2.99.0', hasCuda: false })
  expect(await find(plain, 'tensorflow-cpu')).toEqual({ dir: plain, version: '2.99.0', hasCuda: false })
  expect(await find(old, 'tensorflow-old')).toBeNull()
})

test('a named Python is the only one looked at; a folder is its environment; what is none says so', async () => {
  const path = makePython(join(dir, 'named/bin/python3'))
  expect((await findPythons(join(dir, 'named'))).map((one) => one.path)).toEqual([path])
  await expect(findPythons(join(dir, 'nothing'))).rejects.toThrow(/^no Python can be run there \(.*ENOENT.*\): /)
  await expect(findPythons(process.execPath)).rejects.toThrow(/^it does not answer as Python 3 does/)
})

const real = spawnSync('python3', ['--version']).status === 0 ? null : 'there is no python3 here'

test('TensorFlow is found without running anything of it, and a folder of that name is not taken for it', async (context) => {
  if (real) context.skip(real)
  const site = join(dir, 'real')
  const tensorflow = makeTensorflow(site, LIBRARIES)
  const witness = join(dir, 'imported')
  writeFileSync(join(tensorflow, '__init__.py'), `open(${JSON.stringify(witness)}, "w")`)
  const before = { path: process.env['PYTHONPATH'], cwd: process.cwd() }
  process.env['PYTHONPATH'] = site
  try {
    expect((await findPythons('python3'))[0]?.tensorflow?.dir).toBe(tensorflow)
    expect(existsSync(witness)).toBe(false)
  } finally {
    if (before.path === undefined) delete process.env['PYTHONPATH']
    else process.env['PYTHONPATH'] = before.path
  }
})
