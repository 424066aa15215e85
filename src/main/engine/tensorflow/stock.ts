/** tfjs-node's own native part: libtensorflow 2.9.1, fetched by its install script into node_modules. */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { MinimaError } from '../../../contract/errors.ts'
import { BINDING_FILE, TFJS_NODE, tfjsNodeDir } from '../training/backends/tensorflow-home.ts'
import { runProgram } from './run-program.ts'

const VERSION = '2.9.1'
const UNREACHABLE =
  /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|status 40[37]|statusCode=40[37]|socket|tunnel|self.signed|certificate/i

/** @returns the module. @throws MinimaError that says whether it could not be reached */
export async function installStock(signal: AbortSignal): Promise<{ binding: string; version: string }> {
  const binding = join(tfjsNodeDir(), BINDING_FILE)
  if (existsSync(binding)) return { binding, version: VERSION }
  const root = join(tfjsNodeDir(), '../../..')
  const npm = process.platform === 'win32' ? ['cmd.exe', '/c', 'npm'] : ['npm']
  const [program = '', ...args] = [...npm, 'rebuild', TFJS_NODE, '--ignore-scripts=false', '--foreground-scripts']
  const end = await runProgram(program, args, { cwd: root, signal })
  if (end.code === 0 && existsSync(binding)) return { binding, version: VERSION }
  const said = `${end.stdout}\n${end.stderr}`
  removeStock()
  const reason = UNREACHABLE.exec(said)?.[0]
  throw new MinimaError(
    'backend-unavailable',
    reason
      ? `tfjs-node's own download cannot be reached from here (${reason}); \`minima setup tensorflow\` takes TensorFlow from pip instead`
      : `tfjs-node's own install failed (${lastError(said)}); \`minima setup tensorflow\` takes TensorFlow from pip instead`,
    { npm: said.slice(-8_000) },
  )
}

function lastError(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '')
  return (lines.findLast((line) => /err(or)?[!:\s]/i.test(line)) ?? lines.at(-1) ?? 'no reason given')
    .trim()
    .slice(0, 200)
}

export function removeStock(): void {
  for (const part of ['lib', 'deps', 'build', 'build-tmp-napi-v8']) {
    rmSync(join(tfjsNodeDir(), part), { recursive: true, force: true })
  }
}
