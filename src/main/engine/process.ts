/**
 * The engine as a process of its own: `engine.mjs --workspace DIR [--until-idle]`. The first line it prints is JSON,
 * `{"ready": engine file}` or `{"error": record}`; whoever started it reads that line and lets go.
 */
import { parseArgs } from 'node:util'
import { toErrorRecord } from '../../contract/errors.ts'
import { packagePaths } from '../package-paths.ts'
import { createEngine } from './index.ts'

/** With nobody connected and nothing going on for this long, an engine that was started for a window ends. */
const IDLE_MS = 15_000

const { values } = parseArgs({
  options: { workspace: { type: 'string' }, 'until-idle': { type: 'boolean', default: false } },
})

try {
  const engine = createEngine({ workspaceDir: values.workspace ?? '', ...packagePaths() })
  process.stdout.write(`${JSON.stringify({ ready: await engine.listen() })}\n`)
  process.stdout.on('error', () => undefined) // the starter has read its line and gone

  let ending = false
  const end = async (how: { stopRuns: boolean }): Promise<void> => {
    if (ending) return
    ending = true
    await engine.close(how)
    process.exit(0)
  }
  void engine.shutdownAsked.then(end)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end({ stopRuns: true }))
  if (values['until-idle']) {
    let usedAt = Date.now()
    setInterval(() => {
      if (engine.connectionCount() > 0 || engine.liveRunCount() > 0 || engine.isSettingUp()) usedAt = Date.now()
      else if (Date.now() - usedAt > IDLE_MS) void end({ stopRuns: true })
    }, 1000)
  }
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: toErrorRecord(error) })}\n`, () => process.exit(1))
}
