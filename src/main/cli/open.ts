/** `minima open` (`npm start`): the desktop window; where there can be none, the same app served, with the reason. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serve } from './serve.ts'
import type { CommandContext } from './session.ts'

const INSTALL_TIMEOUT_MS = 300_000
/** A window that ends this soon with an error never opened. */
const FAILED_TO_OPEN_MS = 10_000

export async function open(options: { workspace: string }, context: CommandContext): Promise<number> {
  const { rootDir } = context.paths
  const reason = noDisplay() ?? (await openWindow(rootDir, options.workspace))
  if (reason === null) return 0
  console.log(`No window here: ${reason}. The same app in a browser:`)
  return serve({ workspace: options.workspace, port: 0 }, context)
}

function noDisplay(): string | null {
  if (process.platform !== 'linux') return null
  return process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'] ? null : 'there is no display (DISPLAY is not set)'
}

/** Null when a window was open and is now closed, else why none could be. */
async function openWindow(rootDir: string, workspace: string): Promise<string | null> {
  const electron = electronBinary(rootDir) ?? (await fetchElectron(rootDir))
  if (typeof electron !== 'string') return electron.reason
  const startedAt = Date.now()
  // Chromium's sandbox does not work for root, and refuses to start.
  const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const { code, stderr } = await runProgram(electron, [...flags, rootDir, `--workspace=${workspace}`])
  if (code === 0 || Date.now() - startedAt > FAILED_TO_OPEN_MS) return null
  return `Electron ended with code ${code} (${lastLine(stderr)})`
}

function electronBinary(rootDir: string): string | null {
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(rootDir, 'node_modules/electron/dist')
  const path = join(dist, binaryName(rootDir))
  return existsSync(path) ? path : null
}

function binaryName(rootDir: string): string {
  try {
    return readFileSync(join(rootDir, 'node_modules/electron/path.txt'), 'utf8').trim()
  } catch {
    if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron'
    return process.platform === 'win32' ? 'electron.exe' : 'electron'
  }
}

/** Electron's own download, on first use: `npm ci` runs no install script. */
async function fetchElectron(rootDir: string): Promise<string | { reason: string }> {
  const installer = join(rootDir, 'node_modules/electron/install.js')
  if (!existsSync(installer)) return { reason: 'Electron is not installed; run npm ci' }
  console.log('Fetching Electron (once, about 110 MB)…')
  const { code, stderr } = await runProgram(process.execPath, [installer], INSTALL_TIMEOUT_MS)
  const binary = electronBinary(rootDir)
  if (code === 0 && binary) return binary
  return { reason: `Electron could not be fetched (${errorLine(stderr)})` }
}

function runProgram(
  program: string,
  args: string[],
  timeout?: number,
): Promise<{ code: number | null; stderr: string }> {
  return new Promise((done) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], ...(timeout && { timeout }) })
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-4_000)))
    child.on('error', (error) => done({ code: 1, stderr: error.message }))
    // Not `close`: the engine may live on, and with it the ends of pipes that it got from Chromium.
    child.on('exit', (code) => done({ code, stderr }))
  })
}

function errorLine(stderr: string): string {
  const lines = stderr.split('\n')
  const line = lines.find((text) => text.includes('[cause]')) ?? lines.find((text) => /error/i.test(text))
  return (line ?? lastLine(stderr)).trim().slice(0, 160)
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) || 'no reason given'
}
