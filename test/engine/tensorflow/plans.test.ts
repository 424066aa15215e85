import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { TensorflowFlavor } from '../../../src/contract/tensorflow.ts'
import { planSetups, type Plan } from '../../../src/main/engine/tensorflow/plans.ts'
import { libraryNames } from '../../../src/main/engine/training/backends/tensorflow-home.ts'
import { makePython, makeTensorflow, type FakePython } from './fake-python.ts'
import { tensorflowFiles, writeWheel } from './make-wheel.ts'
import { temporaryFolder } from './temporary-folder.ts'

const dir = temporaryFolder()
const home = join(dir, 'home')
const realPath = process.env['PATH']
afterEach(() => {
  process.env['PATH'] = realPath
})

let count = 0
/** A machine on which these are all the programs there are. */
function machine(programs: readonly string[], python?: FakePython): string {
  const bin = join(dir, `bin-${++count}`)
  mkdirSync(bin)
  for (const name of programs) {
    writeFileSync(join(bin, name), '#!/bin/sh\n')
    chmodSync(join(bin, name), 0o755)
  }
  if (python) makePython(join(bin, 'python3'), python)
  process.env['PATH'] = bin
  return bin
}

async function plan(flavor: TensorflowFlavor, from: { python?: string; wheel?: string } = {}): Promise<Plan> {
  const choice = { flavor, python: from.python ?? null, wheel: from.wheel ?? null }
  const [made] = await planSetups({ home, nativeDir: null }, [choice])
  if (!made) throw new Error('no plan')
  return made
}

const COMPILER = ['g++', 'make', 'npm']

describe.skipIf(process.platform !== 'linux')('on Linux (skipped elsewhere)', () => {
  test('a machine with nothing is told the one command that installs it all', async () => {
    machine(['apt-get'])
    const { shown, source } = await plan('cpu')
    expect(source).toBeNull()
    expect(shown.obstacle).toMatch(
      /^there is no Python 3 here to fetch TensorFlow with \(`(sudo )?apt-get install -y python3-pip g\+\+ make && minima setup tensorflow`\)$/,
    )
    machine([])
    expect((await plan('cpu')).shown.obstacle).toMatch(
      /\(install Python 3 with pip, a C\+\+ compiler and make, then `minima/,
    )
  })

  test('with Python and pip only the compiler is missing; without pip, pip', async () => {
    machine(['dnf'], {})
    expect((await plan('cuda')).shown.obstacle).toMatch(
      /^there is no C\+\+ compiler .*\(`(sudo )?dnf install -y gcc-c\+\+ make && minima setup tensorflow --cuda`\)$/,
    )
    machine([...COMPILER, 'apt-get'], { pip: null })
    expect((await plan('cpu')).shown.obstacle).toMatch(
      /^the Python here has no pip .*apt-get install -y python3-pip &&/,
    )
  })

  test('a module that ships makes the compiler needless', async () => {
    machine([], {})
    const nativeDir = join(dir, 'native')
    mkdirSync(join(nativeDir, `linux-${process.arch}`), { recursive: true })
    writeFileSync(join(nativeDir, `linux-${process.arch}/tfjs_binding.node`), '')
    const [made] = await planSetups({ home, nativeDir }, [{ flavor: 'cpu', python: null, wheel: null }])
    expect(made?.shown.obstacle).toBeNull()
  })

  test('Python, pip and a compiler will do: a download, its size, place and time', async () => {
    const bin = machine(COMPILER, {})
    expect((await plan('cpu')).shown).toEqual({
      flavor: 'cpu',
      title: 'TensorFlow for the CPU',
      source: `a download by the pip of ${join(bin, 'python3')}`,
      downloadBytes: 274e6,
      diskBytes: 859e6,
      secs: expect.any(Number),
      dir: home,
      obstacle: null,
    })
    expect((await plan('stock')).shown).toMatchObject({ obstacle: null, source: expect.stringContaining('tfjs-node') })
  })

  test('a TensorFlow that is installed is linked, with nothing to download; for CUDA only one that brings NVIDIA’s', async () => {
    const tensorflow = makeTensorflow(join(dir, 'site'), libraryNames())
    machine(COMPILER, { dir: tensorflow, package: 'tensorflow', tensorflow: '2.99.0' })
    const cpu = await plan('cpu')
    expect(cpu.source).toEqual({ kind: 'python', dir: tensorflow, version: '2.99.0', hasCuda: false })
    expect(cpu.shown).toMatchObject({ downloadBytes: 0, source: `the TensorFlow 2.99.0 in ${tensorflow}` })
    expect((await plan('cuda')).source?.kind).toBe('pip')
    const nvidia = join(dir, 'site/nvidia/cudnn/lib')
    mkdirSync(nvidia, { recursive: true })
    writeFileSync(join(nvidia, 'libcudnn.so.9'), '')
    expect((await plan('cuda')).source).toMatchObject({ kind: 'python', hasCuda: true })
  })

  test('a wheel on the disk needs no pip; one that is not there, or is none, says so', async () => {
    machine(COMPILER, { pip: null })
    const wheel = writeWheel(dir, 'tensorflow-2.99.0-cp312.whl', tensorflowFiles())
    expect(await plan('cpu', { wheel })).toMatchObject({ source: { kind: 'wheel' }, shown: { downloadBytes: 0 } })
    expect((await plan('cpu', { wheel: `${wheel}x` })).shown.obstacle).toBe(`there is no such wheel: ${wheel}x`)
    expect((await plan('cpu', { wheel: dir })).shown.obstacle).toBe(`a wheel's name ends with .whl: ${dir}`)
  })

  test('a named Python that is none, or has nothing, says so', async () => {
    const bin = machine(COMPILER, { pip: null })
    expect((await plan('cpu', { python: join(bin, 'nope') })).shown.obstacle).toMatch(/^no Python can be run there/)
    const python = join(bin, 'python3')
    expect((await plan('cpu', { python })).shown.obstacle).toContain(`\`${python} -m ensurepip\``)
  })
})
