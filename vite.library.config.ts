/** The package `minima-lab`: one module without dependencies for Node 20 or later. */
import { readFileSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { resolve } from 'node:path'
import { defineConfig } from 'vite'
import { experimentTypeText } from './src/contract/experiment/type-text.ts'

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }

export default defineConfig({
  plugins: [
    {
      name: 'experiment-types',
      closeBundle: () => writeFileSync('packages/minima-lab/dist/experiment.d.ts', experimentTypeText()),
    },
  ],
  define: { MINIMA_VERSION: JSON.stringify(version) },
  ssr: { noExternal: true },
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'packages/minima-lab/dist',
    emptyOutDir: true,
    minify: false,
    rolldownOptions: {
      input: { index: resolve('src/library/index.ts') },
      external: [...builtinModules, /^node:/],
      output: { format: 'es', entryFileNames: '[name].js' },
    },
  },
})
