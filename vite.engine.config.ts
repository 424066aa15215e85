/** The engine, the trainer and the command: ES modules for a real Node, native modules and tfjs left outside. */
import { builtinModules } from 'node:module'
import { resolve } from 'node:path'
import { defineConfig } from 'vite'

export default defineConfig({
  ssr: { noExternal: true },
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'out/engine',
    emptyOutDir: true,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: {
        engine: resolve('src/main/engine/process.ts'),
        trainer: resolve('src/main/engine/training/trainer-process.ts'),
        script: resolve('src/main/engine/scripts/script-process.ts'),
        minima: resolve('src/main/command.ts'),
      },
      external: [
        ...builtinModules,
        /^node:/,
        'better-sqlite3',
        'sharp',
        /^@tensorflow\//,
        'h5wasm',
        'bufferutil',
        'utf-8-validate',
      ],
      output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: 'chunks/[name]-[hash].mjs' },
    },
  },
})
