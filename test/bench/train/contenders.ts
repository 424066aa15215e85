/** Those who train in bench:train, each behind the same two lines: who it is, and a training from its start. */
import { join } from 'node:path'
import { readSetup } from '../../../src/main/engine/training/backends/tensorflow-home.ts'
import type { Fitted, FitOptions } from './fitted.ts'
import { kerasPython } from './keras-peer.ts'
import { startPeer, type Peer } from './peer.ts'
import type { Work } from './work.ts'

export interface Contender {
  readonly name: string
  readonly version: string
  /** Trains from the first weights of `work`. @throws why it cannot */
  fit(work: Work, options: FitOptions): Promise<Fitted>
}

export interface KerasPeer {
  readonly fitAsItComes: Contender
  /** Keras running this many steps in one call of its graph. */
  withStepsPerExecution(count: number): Contender
  /** Drops what was traced for that count. */
  forget(count: number): Promise<void>
  close(): void
}

export async function startKeras(): Promise<KerasPeer> {
  const peer = startPeer(kerasPython(), [join(import.meta.dirname, 'keras-fit.py')])
  const { version } = await peer.ask<{ version: string }>({ do: 'versions' })
  const load = loader(peer)
  const contender = (name: string, stepsPerExecution: number): Contender => ({
    name,
    version,
    async fit(work, options) {
      await load(work)
      return peer.ask<Fitted>({ do: 'fit', ...options, stepsPerExecution })
    },
  })
  return {
    fitAsItComes: contender('Keras fit', 1),
    withStepsPerExecution: (count) => contender(`Keras, ${count} steps per execution`, count),
    forget: (count) => peer.ask({ do: 'forget', stepsPerExecution: count }),
    close: () => peer.close(),
  }
}

/** tfjs-node's own `model.fit`, over the TensorFlow that Minima trains on. */
export function startTfjsNode(): { contender: Contender; close(): void } {
  const setup = readSetup()
  if (!setup) throw new Error('TensorFlow is not set up: `minima setup tensorflow` does it')
  const script = join(import.meta.dirname, 'tfjs-node-fit.ts')
  const peer = startPeer(process.execPath, ['--no-warnings', script, setup.binding])
  const load = loader(peer)
  const contender: Contender = {
    name: 'tfjs-node fit',
    version: `4.22.0 (TensorFlow ${setup.version})`,
    async fit(work, options) {
      await load(work)
      return peer.ask<Fitted>({ do: 'fit', ...options })
    },
  }
  return { contender, close: () => peer.close() }
}

/** Sends a peer its data once, not at each of its turns. */
function loader(peer: Peer): (work: Work) => Promise<void> {
  let last: Work | null = null
  return async (work) => {
    if (last === work) return
    await peer.ask({ do: 'load', work })
    last = work
  }
}
