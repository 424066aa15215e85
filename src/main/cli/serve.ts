/** `minima serve`: the app in a browser, on loopback, until Ctrl-C. */
import { openSession, type CommandContext } from './session.ts'

export async function serve(options: { workspace: string; port: number }, context: CommandContext): Promise<number> {
  const session = await openSession(options.workspace, context, options.port)
  console.log(`Minima is at ${session.url}`)
  if (!session.ownsEngine) {
    console.log('(an engine was already serving this workspace)')
    await session.close()
    return 0
  }
  console.log('Only this machine can reach it; Ctrl-C stops and saves what trains.')
  await Promise.race([interrupted(), session.ended])
  await session.close()
  return 0
}

function interrupted(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done())
  })
}
