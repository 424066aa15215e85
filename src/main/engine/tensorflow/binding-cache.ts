/** Where a native module that was built on this machine is kept: it serves every TensorFlow and every Node. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tfjsNodeDir } from '../training/backends/tensorflow-home.ts'

export function bindingCache(home: string): string {
  const { version } = JSON.parse(readFileSync(join(tfjsNodeDir(), 'package.json'), 'utf8')) as { version: string }
  return join(home, 'bindings', `tfjs-node-${version}-${process.platform}-${process.arch}`, 'tfjs_binding.node')
}
