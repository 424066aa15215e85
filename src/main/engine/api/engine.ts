/** What the engine says of itself. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { toErrorRecord } from '../../../contract/errors.ts'
import { rung, type EngineInfo, type Rung } from '../../../contract/requests.ts'
import { LADDER, planBackend } from '../training/backends/ladder.ts'
import { readSetup, setupCommand } from '../training/backends/tensorflow-home.ts'
import type { ApiContext } from './context.ts'
import type { Handlers } from './router.ts'

const runFile = promisify(execFile)
const CHECK_TIMEOUT_MS = 60_000

export function engineHandlers(
  context: ApiContext,
): Pick<Handlers, 'engine.info' | 'engine.shutdown' | 'engine.doctor'> {
  return {
    'engine.info': () => ({
      version: context.version,
      pid: process.pid,
      startedAt: context.startedAt,
      workspace: context.workspaceDir,
      node: process.version,
      backend: plannedBackend(),
      runningTrials: context.runs.liveCount(),
    }),
    'engine.shutdown': ({ stopRuns }) => {
      context.shutdown({ stopRuns })
      return {}
    },
    'engine.doctor': () =>
      Promise.all(LADDER.map(({ name, title }) => checkInChild(context.trainerScript, name, title))),
  }
}

function plannedBackend(): EngineInfo['backend'] {
  try {
    const { backend, reason } = planBackend('auto')
    return { name: backend.name, device: backend.title, reason, slowdown: backend.slowdown }
  } catch (error) {
    return { name: 'none', device: 'none', reason: toErrorRecord(error).message, slowdown: null }
  }
}

/** A backend is tried in a process of its own: native code that crashes takes nothing with it. */
async function checkInChild(trainerScript: string, name: string, title: string): Promise<Rung> {
  try {
    const { stdout } = await runFile(process.execPath, ['--no-warnings', trainerScript, '--check', name], {
      timeout: CHECK_TIMEOUT_MS,
      windowsHide: true,
    })
    return rung.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''))
  } catch (error) {
    return { name, title, available: false, device: null, reason: describeCrash(name, error as CheckError) }
  }
}

type CheckError = Error & { readonly signal?: string | null; readonly code?: number | string; readonly stderr?: string }

function describeCrash(name: string, { signal, code, stderr, message }: CheckError): string {
  const how = signal ? `was ended by ${signal}` : typeof code === 'number' ? `ended with code ${code}` : message
  const said = stderr?.trim().split('\n').at(-1)
  const setup = name === 'tensorflow' ? readSetup() : null
  const mend = setup ? ` (\`${setupCommand(setup.flavor)}\` sets it up anew)` : ''
  return `its check ${how}${said ? `: ${said.slice(0, 200)}` : ''}${mend}`
}
