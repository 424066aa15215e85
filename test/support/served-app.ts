/** The real app for end-to-end tests and benches: a workspace of its own, `minima serve`, and a Chromium that looks at it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import chromiumPackage from '@sparticuz/chromium'
import { chromium, type Browser, type Page } from 'playwright-core'

export const ROOT = resolve(import.meta.dirname, '../..')
export const COMMAND = join(ROOT, 'bin/minima.mjs')

export function temporaryWorkspace(): string {
  return mkdtempSync(join(tmpdir(), 'minima-workspace-'))
}

export function deleteWorkspace(dir: string): void {
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
}

export interface ServedApp {
  readonly url: string
  readonly workspace: string
  readonly process: ChildProcess
  /** Ends it as Ctrl-C does. */
  stop(): Promise<void>
}

export async function serveApp(workspace: string, args: readonly string[] = []): Promise<ServedApp> {
  const child = spawn(process.execPath, [COMMAND, '--workspace', workspace, 'serve', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const url = await new Promise<string>((done, fail) => {
    let output = ''
    const read = (chunk: Buffer): void => {
      output += chunk.toString()
      const found = /Minima is at (\S+)/.exec(output)?.[1]
      if (found) done(found)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('exit', () => fail(new Error(`minima serve ended: ${output}`)))
  })
  return {
    url,
    workspace,
    process: child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = new Promise((done) => child.on('exit', done))
      child.kill('SIGINT')
      await exited
    },
  }
}

/** Chromium: the one named by `MINIMA_CHROMIUM`, the system's, or the one that npm brings. */
export async function launchChromium(): Promise<Browser> {
  const named = process.env['MINIMA_CHROMIUM']
  const executablePath = named ?? (await chromiumPackage.executablePath())
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
}

export async function openPage(browser: Browser, url: string, size = { width: 1280, height: 800 }): Promise<Page> {
  const context = await browser.newContext({ viewport: size, locale: 'en-US' })
  const page = await context.newPage()
  await page.goto(url)
  return page
}

/** Runs the command to its end. */
export function runCommand(
  workspace: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [COMMAND, '--workspace', workspace, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('close', (code) => done({ code, stdout, stderr }))
  })
}

/** Tries `probe` until it gives something, every 50 ms. @throws when the time is over. */
export async function eventually<T>(
  what: string,
  probe: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  timeoutMs = 20_000,
): Promise<T> {
  const end = Date.now() + timeoutMs
  for (;;) {
    const found = await probe()
    if (found) return found
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`)
    await new Promise((resume) => setTimeout(resume, 50))
  }
}
