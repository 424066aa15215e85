/**
 * Native TensorFlow that is never set up: its setup plays all stages in a few seconds, can be cancelled, goes on where
 * it stopped, and fails its check where the wheel's name holds `broken`.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { EngineInfo } from '../../../src/contract/requests.ts'
import type {
  SetupJob,
  SetupPlan,
  SetupStage,
  TensorflowFlavor,
  TensorflowInstalled,
  TensorflowStatus,
} from '../../../src/contract/tensorflow.ts'
import type { Handlers } from '../../../src/main/engine/api/router.ts'
import type { EventBus } from '../../../src/main/engine/event-bus.ts'

type Names = 'tensorflow.status' | 'tensorflow.setup' | 'tensorflow.cancel' | 'tensorflow.remove'

export interface FakeTensorflow {
  readonly handlers: Pick<Handlers, Names>
  backend(): EngineInfo['backend']
  close(): void
}

const TICK_MS = 100
const dirOf = (flavor: TensorflowFlavor): string => `/home/ada/.cache/minima/tensorflow/${flavor}`

const plans: readonly SetupPlan[] = [
  {
    flavor: 'cpu',
    title: 'TensorFlow 2.21.0 for the CPU',
    source: 'a download by the pip of /usr/bin/python3',
    downloadBytes: 274e6,
    diskBytes: 935e6,
    secs: 95,
    dir: dirOf('cpu'),
    obstacle: null,
  },
  {
    flavor: 'cuda',
    title: 'TensorFlow 2.21.0 for NVIDIA GPUs',
    source: 'a download by the pip of /usr/bin/python3, NVIDIA’s libraries among it',
    downloadBytes: 3.4e9,
    diskBytes: 6.9e9,
    secs: 640,
    dir: dirOf('cuda'),
    obstacle: null,
  },
  {
    flavor: 'stock',
    title: 'TensorFlow 2.9.1 as TensorFlow.js brings it',
    source: 'its own install script',
    downloadBytes: 405e6,
    diskBytes: 1.2e9,
    secs: 120,
    dir: dirOf('stock'),
    obstacle:
      'The storage that holds it does not answer from here: connect ETIMEDOUT. A network that reaches it would do, or take one of the others.',
  },
]

/** How much of the whole each stage is, and what it says of itself. */
const STAGES: readonly (readonly [stage: SetupStage, share: number, message: string])[] = [
  ['finding', 0.05, 'Looking for a Python that has TensorFlow or pip'],
  ['downloading', 0.5, 'pip fetches tensorflow-cpu 2.21.0'],
  ['unpacking', 0.15, 'Taking two libraries and the headers out of the wheel'],
  ['building', 0.15, 'node-gyp builds the binding'],
  ['checking', 0.1, 'A matmul, a convolution and a training step in a process of their own'],
  ['switching', 0.05, 'Putting it in its place'],
]

/** As long as what a build prints, so that it must scroll. */
const BUILD_OUTPUT = Array.from(
  { length: 40 },
  (_, i) => `gyp info spawn args   [ 'line ${i + 1} of what was printed' ]`,
)
  .concat('libtensorflow_cc.so.2: undefined symbol: TF_GetXlaOpBuilder')
  .join('\n')

export function fakeTensorflow(bus: EventBus, setupMs: number): FakeTensorflow {
  let installed: TensorflowInstalled | null = null
  let job: SetupJob | null = null
  let running = new AbortController()
  /** The share of the download that earlier tries brought, by flavor. */
  const kept = new Map<TensorflowFlavor, number>()

  const tell = (next: SetupJob): void => {
    job = next
    bus.emit('tensorflowSetup', { job: next })
  }

  async function play(plan: SetupPlan, isBroken: boolean, signal: AbortSignal): Promise<void> {
    let before = 0
    for (const [stage, part, message] of STAGES) {
      const isDownload = stage === 'downloading'
      const ticks = Math.max(1, Math.round((setupMs * part) / TICK_MS))
      const from = isDownload ? (kept.get(plan.flavor) ?? 0) * ticks : 0
      for (let tick = from; tick < ticks; tick++) {
        if (signal.aborted) return
        if (isDownload) kept.set(plan.flavor, tick / ticks)
        tell({
          state: 'running',
          flavor: plan.flavor,
          stage,
          share: stage === 'finding' ? null : before + (part * tick) / ticks,
          doneBytes: isDownload ? (plan.downloadBytes * tick) / ticks : null,
          totalBytes: isDownload ? plan.downloadBytes : null,
          message,
          error: null,
        })
        await sleep(TICK_MS)
      }
      if (isDownload) kept.set(plan.flavor, 1)
      if (signal.aborted) return
      if (stage === 'checking' && isBroken) return end('failed', 'the check failed; what was set up before is kept')
      before += part
    }
    const { flavor, source, dir, diskBytes: bytes } = plan
    const device =
      flavor === 'cuda' ? 'no CUDA device: libcuda.so.1 is not on this machine; it trains on the CPU' : 'CPU'
    installed = { flavor, version: flavor === 'stock' ? '2.9.1' : '2.21.0', source, dir, bytes, device }
    end('done', `TensorFlow ${installed.version} is set up and was checked. New runs train on it.`)
  }

  function end(state: 'done' | 'failed' | 'cancelled', message: string): void {
    if (job?.state !== 'running') return
    const error = {
      code: 'backend-unavailable' as const,
      message: 'the binding did not load: libtensorflow_cc.so.2: undefined symbol: TF_GetXlaOpBuilder',
      details: { stage: job.stage, exitCode: 1, output: BUILD_OUTPUT },
    }
    tell({ ...job, state, message, error: state === 'failed' ? error : null })
  }

  const status = (): TensorflowStatus => ({ installed, plans: [...plans], job })
  return {
    handlers: {
      'tensorflow.status': status,
      'tensorflow.setup': ({ flavor, wheel }) => {
        const plan = plans.find((known) => known.flavor === flavor)
        if (!plan) throw new Error(`no plan ${flavor}`)
        if (job?.state !== 'running') {
          running = new AbortController()
          void play(plan, wheel?.includes('broken') ?? false, running.signal)
        }
        if (!job) throw new Error('the setup did not begin')
        return job
      },
      'tensorflow.cancel': () => {
        running.abort()
        end('cancelled', `Cancelled while ${job?.stage ?? 'waiting'}.`)
        return {}
      },
      'tensorflow.remove': () => {
        installed = null
        return status()
      },
    },
    backend: () =>
      installed
        ? { name: 'tensorflow', device: 'TensorFlow (native)', reason: 'the fastest there is', slowdown: null }
        : {
            name: 'wasm',
            device: 'WebAssembly',
            reason: 'TensorFlow (native): nothing is set up in /home/ada/.cache/minima/tensorflow',
            slowdown: 15,
          },
    close: () => running.abort(),
  }
}
