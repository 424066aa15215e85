/** The backends in the order in which they are tried, and the choice among them with its reason. */
import { MinimaError } from '../../../../contract/errors.ts'
import type { BackendChoice } from '../../../../contract/experiment/data.ts'
import type { Backend, Runtime } from './backend.ts'
import { cpu } from './cpu.ts'
import { tensorflow } from './tensorflow.ts'
import { wasm } from './wasm.ts'

export const LADDER: readonly Backend[] = [tensorflow, wasm, cpu]

export interface BackendPlan {
  readonly backend: Backend
  readonly reason: string
}

/** What `auto` would take, told from files alone: cheap enough for the engine. */
export function planBackend(choice: BackendChoice): BackendPlan {
  const passedOver: string[] = []
  for (const backend of candidates(choice)) {
    const obstacle = backend.obstacle()
    if (!obstacle) return { backend, reason: reasonFor(choice, passedOver) }
    passedOver.push(`${backend.title}: ${obstacle}`)
  }
  throw new MinimaError('backend-unavailable', passedOver.join('; '))
}

export interface LoadedBackend {
  readonly runtime: Runtime
  readonly reason: string
}

/** Loads the first backend that works. @throws MinimaError `backend-unavailable` naming what stood in the way of each. */
export async function loadBackend(choice: BackendChoice): Promise<LoadedBackend> {
  const passedOver: string[] = []
  for (const backend of candidates(choice)) {
    const obstacle = backend.obstacle()
    if (obstacle) {
      passedOver.push(`${backend.title}: ${obstacle}`)
      continue
    }
    try {
      return { runtime: await backend.load(), reason: reasonFor(choice, passedOver) }
    } catch (error) {
      passedOver.push(`${backend.title}: ${(error as Error).message.split('\n')[0]}`)
    }
  }
  throw new MinimaError('backend-unavailable', passedOver.join('; '))
}

function candidates(choice: BackendChoice): readonly Backend[] {
  return choice === 'auto' ? LADDER : LADDER.filter((backend) => backend.name === choice)
}

function reasonFor(choice: BackendChoice, passedOver: readonly string[]): string {
  if (choice !== 'auto') return 'named by the experiment'
  return passedOver.length === 0 ? 'the best of the ladder' : passedOver.join('; ')
}
