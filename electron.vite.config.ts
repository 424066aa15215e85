/** The window: Electron's main script, its preload, and the page that the engine serves. */
import { resolve } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'

// Electron 22 (Node 16, Chrome 108) is the oldest runtime the window is tested in.
const cjs = { format: 'cjs' as const, entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' }

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      externalizeDeps: false,
      target: 'node16.17',
      sourcemap: true,
      rolldownOptions: { input: { index: resolve('src/main/index.ts') }, output: cjs },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      target: 'node16.17',
      rolldownOptions: { input: { index: resolve('src/preload/index.ts') }, output: cjs },
    },
  },
  renderer: {
    root: resolve('src/renderer'),
    base: './',
    build: {
      outDir: resolve('out/renderer'),
      target: 'chrome108',
      cssTarget: 'chrome108',
      modulePreload: false,
      minify: true,
      rolldownOptions: { input: { index: resolve('src/renderer/index.html') } },
    },
    plugins: [svelte({ configFile: resolve('svelte.config.js') })],
  },
})
