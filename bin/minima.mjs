#!/usr/bin/env node
/**
 * The command `minima`: sees to a Node that is new enough and to a build that is fresh, then runs the program itself.
 */
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { currentNode, nodeFromNpm, NODE_TOO_OLD } from '../scripts/node-version.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

if (!currentNode.isNewEnough) {
  const node = nodeFromNpm(root)
  if (!node) {
    console.error(NODE_TOO_OLD)
    process.exit(1)
  }
  const { status } = spawnSync(node, process.argv.slice(1), { stdio: 'inherit' })
  process.exit(status ?? 1)
}

const { buildWhatIsStale } = await import('../scripts/build.mjs')
const parts = ['open', 'serve', undefined].includes(process.argv[2]) ? ['engine', 'window'] : ['engine']
await buildWhatIsStale(parts)
await import(pathToFileURL(join(root, 'out/engine/minima.mjs')).href)
