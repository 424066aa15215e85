/** Which Node runs this, and the newer one that npm brought. Runs on old Nodes too: plain, no dependency. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const MIN_MAJOR = 24

export const currentNode = {
  version: process.version,
  isNewEnough: Number(process.versions.node.split('.')[0]) >= MIN_MAJOR,
}

export const NODE_TOO_OLD = `Minima runs on Node ${MIN_MAJOR} or later; this is ${process.version}. On Linux x64 \`npm ci\` brings a Node of its own and \`npm run\` uses it: run \`npm ci\` again, without --omit=optional. Elsewhere install Node ${MIN_MAJOR}.`

/** The path of npm's own Node, or null where there is none for this platform. */
export function nodeFromNpm(root) {
  const node = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  return existsSync(node) ? node : null
}

/** Ends the process with a clear line when this Node is too old. */
export function requireNewNode() {
  if (currentNode.isNewEnough) return
  console.error(NODE_TOO_OLD)
  process.exit(1)
}
