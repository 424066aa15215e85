/** `minima init [DIR]`: a folder to write scripts in, with a sample and with types for the editor. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { experimentTypeText } from '../../contract/experiment/type-text.ts'
import type { CommandContext } from './session.ts'
import { asTyped } from './program-name.ts'

const TYPES_DIR = '.minima/types'

/** Made by Minima and made anew each time. */
const MADE = '// Made by `minima init`, which writes it anew.\n'

const TSCONFIG = `{
  "compilerOptions": {
    "target": "ES2024",
    "module": "ESNext",
    "moduleResolution": "bundler",
    "strict": true,
    "noEmit": true,
    "allowImportingTsExtensions": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true,
    "types": [],
    "skipLibCheck": true,
    "paths": {
      "minima-lab": ["./${TYPES_DIR}/index.d.ts"],
      "@tensorflow/tfjs*": ["./${TYPES_DIR}/tfjs.d.ts"]
    }
  },
  "include": ["**/*.ts", "${TYPES_DIR}/**/*.ts"]
}
`

const SAMPLE = `import { experiment } from 'minima-lab'

const hidden = [8, 4]

export default experiment({
  name: 'xor',
  data: {
    source: 'inline',
    columns: ['a', 'b', 'y'],
    target: 'y',
    rows: [
      [0, 0, 0],
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 0],
    ],
  },
  model: {
    layers: [
      ...hidden.map((units) => ({ type: 'dense', units, activation: 'tanh' }) as const),
      { type: 'dense', units: 1, activation: 'sigmoid' },
    ],
  },
  fit: {
    loss: 'binaryCrossentropy',
    optimizer: { type: 'adam', learningRate: 0.05 },
    metrics: ['accuracy'],
    epochs: 200,
    batchSize: 4,
  },
})
`

/** Keeps what is there; only the types are written anew. @returns the exit status */
export async function init(dir: string, { paths }: Pick<CommandContext, 'paths'>): Promise<number> {
  const folder = resolve(dir)
  const libraryDir = join(paths.rootDir, 'packages/minima-lab')
  for (const name of ['index.d.ts', 'script.d.ts']) {
    write(join(folder, TYPES_DIR, name), MADE + readFileSync(join(libraryDir, name), 'utf8'))
  }
  const tfjs = ['tfjs-core', 'tfjs-layers'].map((name) => join(paths.rootDir, 'node_modules/@tensorflow', name))
  const reexports = tfjs.map((dir) => `export * from ${JSON.stringify(join(dir, 'dist/index.js'))}\n`)
  // Ops as methods of tensors: x.relu().
  reexports.push(
    `import ${JSON.stringify(join(tfjs[0] ?? '', 'dist/public/chained_ops/register_all_chained_ops.js'))}\n`,
  )
  write(join(folder, TYPES_DIR, 'tfjs.d.ts'), MADE + reexports.join(''))
  write(join(folder, TYPES_DIR, 'tensor.d.ts'), `${MADE}export type { Scalar, Tensor, Variable } from './tfjs.js'\n`)
  write(join(folder, TYPES_DIR, 'dist/experiment.d.ts'), MADE + experimentTypeText())
  const kept = [
    ['tsconfig.json', TSCONFIG],
    ['my-model.ts', SAMPLE],
  ].filter(([name = '', text = '']) => {
    const path = join(folder, name)
    if (existsSync(path)) return true
    write(path, text)
    console.log(`wrote ${path}`)
    return false
  })
  for (const [name = ''] of kept) console.log(`${join(folder, name)} is there already and was left as it is`)
  console.log(asTyped(`\nTrain it: minima train ${relative(process.cwd(), join(folder, 'my-model.ts'))}`))
  return 0
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
