/** `minima setup tensorflow`: says what would be done, asks once, shows how it goes; `--remove` undoes it. */
import { resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import type { EngineConnection } from '../../client/connection.ts'
import { MinimaError } from '../../contract/errors.ts'
import type { SetupJob, SetupPlan, TensorflowFlavor, TensorflowInstalled } from '../../contract/tensorflow.ts'
import { formatBytes, formatDuration } from './format.ts'
import { asTyped } from './program-name.ts'
import { openSession, type CommandContext, type Session } from './session.ts'
import { createSetupDisplay } from './setup-progress.ts'

export interface SetupOptions {
  readonly workspace: string
  readonly flavor: TensorflowFlavor
  readonly python?: string
  readonly wheel?: string
  readonly remove: boolean
  /** Does not ask. */
  readonly yes: boolean
}

/** @returns the exit status: 0 done, 130 cancelled, 1 else. */
export async function setup(what: string, options: SetupOptions, context: CommandContext): Promise<number> {
  if (what !== 'tensorflow') {
    throw new MinimaError('bad-request', `there is no set-up of ${what}; \`minima setup tensorflow\` is one`)
  }
  const session = await openSession(options.workspace, context)
  try {
    return options.remove ? await remove(session, options) : await install(session, options)
  } catch (error) {
    if (error instanceof MinimaError) throw new MinimaError(error.code, asTyped(error.message), error.details)
    throw error
  } finally {
    await session.close()
  }
}

async function install({ connection }: Session, options: SetupOptions): Promise<number> {
  const from = {
    // A bare name is looked up on PATH.
    python: options.python && /[\\/]/.test(options.python) ? resolve(options.python) : (options.python ?? null),
    wheel: options.wheel ? resolve(options.wheel) : null,
  }
  const { installed, plans, job } = await connection.request('tensorflow.status', from)
  const plan = plans.find(({ flavor }) => flavor === options.flavor)
  if (!plan) throw new MinimaError('not-found', `there is no TensorFlow called ${options.flavor}`)
  if (job?.state === 'running') {
    console.log('A setup goes on in this engine already; this is how far it is:')
  } else {
    if (plan.obstacle !== null) throw new MinimaError('backend-unavailable', plan.obstacle)
    console.log(describePlan(plan, installed))
    if (!options.yes && !(await confirm())) return 1
  }
  const ended = await follow(connection, () => connection.request('tensorflow.setup', { flavor: plan.flavor, ...from }))
  const { installed: now } = await connection.request('tensorflow.status', { python: null, wheel: null })
  return report(ended, now)
}

function describePlan(plan: SetupPlan, installed: TensorflowInstalled | null): string {
  const download = plan.downloadBytes > 0 ? `${formatBytes(plan.downloadBytes)} to download` : 'nothing to download'
  const size = `${download}, ${formatBytes(plan.diskBytes)} on the disk`
  return [
    plan.title,
    `  from   ${plan.source}`,
    `  size   ${size}`,
    `  place  ${plan.dir}`,
    `  time   about ${formatDuration(Math.max(10, plan.secs))}${plan.downloadBytes > 0 ? ' at 10 MB/s' : ''}`,
    ...(installed
      ? [`  now    ${nameOf(installed)} is in use, and stays so until the new one has passed its check`]
      : []),
  ].join('\n')
}

function nameOf({ flavor, version }: TensorflowInstalled): string {
  return `TensorFlow ${version} (${flavor === 'stock' ? "tfjs-node's own" : flavor.toUpperCase()})`
}

async function confirm(): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new MinimaError('bad-request', 'there is no terminal to ask in: --yes agrees to this beforehand')
  }
  const lines = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const answer = await lines.question('Go on? [Y/n] ')
    return /^(|y|yes)$/i.test(answer.trim())
  } finally {
    lines.close()
  }
}

/** A terminal that closes cancels too: what a setup has started would go on without it. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Shows the setup to its end. The first Ctrl-C cancels it, the second leaves at once. */
async function follow(connection: EngineConnection, start: () => Promise<SetupJob>): Promise<SetupJob> {
  const display = createSetupDisplay(process.stdout)
  let isAsked = false
  const interrupt = (): void => {
    if (isAsked) process.exit(130)
    isAsked = true
    void connection.request('tensorflow.cancel', {})
  }
  for (const signal of SIGNALS) process.on(signal, interrupt)
  try {
    return await new Promise<SetupJob>((done, fail) => {
      let isTold = false
      const take = (job: SetupJob): void => {
        isTold = true
        display.show(job)
        if (job.state !== 'running') done(job)
      }
      connection.on('tensorflowSetup', ({ job }) => take(job))
      start().then((job) => isTold || take(job), fail)
      void connection.closed.then(() => fail(new MinimaError('engine-unreachable', 'the engine ended meanwhile')))
    })
  } finally {
    display.end()
    for (const signal of SIGNALS) process.off(signal, interrupt)
  }
}

function report(job: SetupJob, installed: TensorflowInstalled | null): number {
  if (job.state === 'done') {
    console.log(`\n${job.message}`)
    console.log('New runs train on it.')
    return 0
  }
  console.error(asTyped(`\n${job.message}`))
  if (installed) console.error(`${nameOf(installed)} is in use as before.`)
  if (job.state === 'cancelled') {
    console.error(asTyped('The same command goes on from there; `minima setup tensorflow --remove` deletes it.'))
    return 130
  }
  return 1
}

async function remove({ connection }: Session, options: SetupOptions): Promise<number> {
  const { installed, plans } = await connection.request('tensorflow.status', { python: null, wheel: null })
  const dir = plans[0]?.dir ?? ''
  console.log(
    installed
      ? `${nameOf(installed)}, ${formatBytes(installed.bytes)}, from ${installed.source}`
      : 'TensorFlow is not set up; what unfinished setups left is deleted.',
  )
  if (installed && !options.yes && !(await confirm())) return 1
  await connection.request('tensorflow.remove', {})
  console.log(`Removed: ${dir}`)
  return 0
}
