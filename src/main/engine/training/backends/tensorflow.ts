/** The tfjs-node binding over libtensorflow: the fastest rung, there when `minima setup tensorflow` has been run. */
import { existsSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Backend, Runtime } from './backend.ts'
import { libraryDir, libraryNames, readSetup, setupCommand, type SetupRecord } from './tensorflow-home.ts'
import { loadTensorflow } from './tensorflow-load.ts'

const NOT_SET_UP = 'it is not set up (`minima setup tensorflow` sets it up)'

function obstacle(): string | null {
  const setup = readSetup()
  if (!setup) return NOT_SET_UP
  const broken = missingPart(setup)
  return broken ? `${broken} (\`${setupCommand(setup.flavor)}\` sets it up anew)` : null
}

function missingPart(setup: SetupRecord): string | null {
  if (!existsSync(setup.binding)) return 'its native module is gone'
  if (setup.flavor === 'stock') return null // other names, in node_modules
  const dir = libraryDir(setup)
  const gone = libraryNames().find((name) => !existsSync(join(dir, name)))
  return gone ? `the library it was set up with is gone: ${join(targetOf(dir), gone)}` : null
}

/** The folder in a Python that is linked to, where it is one. */
function targetOf(dir: string): string {
  try {
    return readlinkSync(dir)
  } catch {
    return dir
  }
}

async function load(): Promise<Runtime> {
  const setup = readSetup()
  if (!setup) throw new Error(NOT_SET_UP)
  return loadTensorflow(setup.binding)
}

export const tensorflow: Backend = { name: 'tensorflow', title: 'TensorFlow (native)', slowdown: null, obstacle, load }
