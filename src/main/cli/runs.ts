/** `minima runs`: the runs of the workspace, newest first. */
import { formatDuration, formatNumber, formatTable } from './format.ts'
import { openSession, type CommandContext } from './session.ts'

export async function listRuns(
  options: { workspace: string; json: boolean },
  context: CommandContext,
): Promise<number> {
  const session = await openSession(options.workspace, context)
  try {
    const runs = await session.connection.request('runs.list', {})
    if (options.json) {
      console.log(JSON.stringify(runs, null, 2))
      return 0
    }
    if (runs.length === 0) {
      console.log('No runs yet. `npm run demo` trains one.')
      return 0
    }
    const rows = runs.map((run) => [
      run.runId,
      run.name,
      run.state,
      run.best ? `${run.best.tag} ${formatNumber(run.best.value)}` : '–',
      run.startedAt === null ? '–' : formatDuration((run.endedAt ?? Date.now() / 1000) - run.startedAt),
      new Date(run.createdAt * 1000).toLocaleString('sv-SE'),
    ])
    console.log(formatTable(['run', 'name', 'state', 'best', 'time', 'created'], rows, [4]))
    return 0
  } finally {
    await session.close()
  }
}
