/** `minima doctor`: what works here, what does not, why, and what mends it. */
import { openSession, type CommandContext } from './session.ts'

export async function doctor(options: { workspace: string; json: boolean }, context: CommandContext): Promise<number> {
  const session = await openSession(options.workspace, context)
  try {
    const [info, rungs] = await Promise.all([
      session.connection.request('engine.info', {}),
      session.connection.request('engine.doctor', {}),
    ])
    if (options.json) {
      console.log(JSON.stringify({ engine: info, rungs }, null, 2))
    } else {
      console.log(`Minima ${info.version} on Node ${info.node.replace(/^v/, '')}, ${process.platform} ${process.arch}`)
      console.log(`workspace: ${info.workspace}`)
      console.log('\nBackends, best first:')
      for (const { available, title, device, reason } of rungs) {
        console.log(`  ${available ? '✓' : '✗'} ${title}${device ? ` (${device})` : ''}: ${reason}`)
      }
      const chosen = rungs.find((rung) => rung.available)
      console.log(chosen ? `\nNew runs train on: ${chosen.title}` : '\nNothing here can train.')
    }
    return rungs.some((rung) => rung.available) ? 0 : 1
  } finally {
    await session.close()
  }
}
