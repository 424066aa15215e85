/** The tfjs-node binding over libtensorflow: the fastest rung, there when `minima setup tensorflow` has been run. */
import { existsSync } from 'node:fs'
import type { Backend, Runtime } from './backend.ts'
import { readSetup } from './tensorflow-home.ts'
import { loadTensorflow } from './tensorflow-load.ts'

const MEND = '`minima setup tensorflow` sets it up'

function obstacle(): string | null {
  const setup = readSetup()
  if (!setup) return `it is not set up (${MEND})`
  return existsSync(setup.binding) ? null : `its native module is gone (${MEND} again)`
}

async function load(): Promise<Runtime> {
  const setup = readSetup()
  if (!setup) throw new Error(`it is not set up (${MEND})`)
  return loadTensorflow(setup.binding)
}

export const tensorflow: Backend = { name: 'tensorflow', title: 'TensorFlow (native)', slowdown: null, obstacle, load }
