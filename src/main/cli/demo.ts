/** `minima demo`: trains the first example and says how to look at it. */
import { join } from 'node:path'
import { train } from './train.ts'
import type { CommandContext } from './session.ts'

export async function demo(options: { workspace: string }, context: CommandContext): Promise<number> {
  const file = join(context.paths.examplesDir, 'fashion-mnist-sample.yaml')
  const status = await train(file, { workspace: options.workspace, name: 'demo', set: [], runScript: false }, context)
  if (status === 0) console.log('\nLook at it: npm start')
  return status
}
