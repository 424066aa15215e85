/** `minima doctor`: what works here, what does not, why, and what mends it. */
import type { EngineInfo, Rung } from '../../contract/requests.ts'
import type { SetupPlan, TensorflowStatus } from '../../contract/tensorflow.ts'
import { formatBytes } from './format.ts'
import { asTyped } from './program-name.ts'
import { openSession, type CommandContext } from './session.ts'

export async function doctor(options: { workspace: string; json: boolean }, context: CommandContext): Promise<number> {
  const session = await openSession(options.workspace, context)
  try {
    const [info, rungs, tensorflow] = await Promise.all([
      session.connection.request('engine.info', {}),
      session.connection.request('engine.doctor', {}),
      session.connection.request('tensorflow.status', {}),
    ])
    if (options.json) console.log(JSON.stringify({ engine: info, rungs, tensorflow }, null, 2))
    else console.log(asTyped(describe(info, rungs, tensorflow)))
    return rungs.some((rung) => rung.available) ? 0 : 1
  } finally {
    await session.close()
  }
}

function describe(info: EngineInfo, rungs: readonly Rung[], tensorflow: TensorflowStatus): string {
  return [
    `Minima ${info.version} on Node ${info.node.replace(/^v/, '')}, ${process.platform} ${process.arch}`,
    `workspace: ${info.workspace}`,
    '\nBackends, best first:',
    ...rungs.flatMap((rung) => [
      `  ${rung.available ? '✓' : '✗'} ${rung.title}${rung.device ? ` (${rung.device})` : ''}: ${reasonOf(rung, tensorflow)}`,
      ...(rung.name === 'tensorflow' ? tensorflow.plans.map((plan) => describeFlavor(plan, rung, tensorflow)) : []),
    ]),
    `\n${outlook(rungs)}`,
    ...advice(rungs, info, tensorflow),
  ].join('\n')
}

function outlook(rungs: readonly Rung[]): string {
  const chosen = rungs.find((rung) => rung.available)
  if (!chosen) return 'Nothing here can train.'
  const crashing = rungs.slice(0, rungs.indexOf(chosen)).find(({ reason }) => /^its check (was )?ended/.test(reason))
  if (!crashing) return `New runs train on: ${chosen.title}`
  return `New runs train on: ${chosen.title}, after ${crashing.title} has been tried; \`--set backend=${chosen.name}\` spares that`
}

/** How a setup is made stands below, once. */
function reasonOf({ name, reason }: Rung, { installed }: TensorflowStatus): string {
  return name === 'tensorflow' && !installed ? 'it is not set up' : reason
}

const COMMANDS = {
  cpu: 'minima setup tensorflow',
  cuda: 'minima setup tensorflow --cuda',
  stock: 'minima setup tensorflow --stock',
}

function describeFlavor(plan: SetupPlan, { available }: Rung, { installed }: TensorflowStatus): string {
  const name = `      ${(plan.flavor === 'stock' ? 'stock' : plan.flavor.toUpperCase()).padEnd(6)}`
  if (installed?.flavor === plan.flavor) {
    const { version, source, bytes, dir, device } = installed
    const state = available ? `in use: ${version}, ${device}` : `set up, and does not work: ${version}`
    return `${name} ${state} (${source}; ${formatBytes(bytes)} in ${dir})`
  }
  if (plan.obstacle !== null) return `${name} cannot be set up: ${splitObstacle(plan.obstacle).reason}`
  const size = plan.downloadBytes > 0 ? `${formatBytes(plan.downloadBytes)}, ` : ''
  return `${name} can be set up: \`${COMMANDS[plan.flavor]}\` (${size}${plan.source})`
}

/** The one command that mends what stands in the way of TensorFlow; none when it works. */
function advice(rungs: readonly Rung[], info: EngineInfo, { plans, installed }: TensorflowStatus): string[] {
  if (rungs.find(({ name }) => name === 'tensorflow')?.available) return []
  const plan = plans.find(({ flavor }) => flavor === (installed?.flavor ?? 'cpu')) ?? plans[0]
  if (!plan) return []
  const { slowdown } = info.backend
  const gain = slowdown === null ? 'To train on TensorFlow again' : `To train about ${slowdown} × faster`
  return [`${gain}: ${plan.obstacle === null ? `\`${COMMANDS[plan.flavor]}\`` : splitObstacle(plan.obstacle).remedy}`]
}

/** What would mend it stands in brackets at the end, where there is such a thing. */
function splitObstacle(obstacle: string): { reason: string; remedy: string } {
  const [, reason, remedy] = /^(.+?) \((.+)\)$/.exec(obstacle) ?? []
  return { reason: reason ?? obstacle, remedy: remedy ?? obstacle }
}
