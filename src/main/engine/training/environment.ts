/** What a run is made with, captured when it starts. */
import { execFile } from 'node:child_process'
import { arch, cpus, release, totalmem, type as osType } from 'node:os'
import { promisify } from 'node:util'
import type { Environment } from '../../../contract/run.ts'

const runFile = promisify(execFile)
const GIT_TIMEOUT_MS = 3_000
/** A diff larger than this is cut, and says so. */
const DIFF_LIMIT = 1_000_000

export interface EnvironmentInput {
  readonly version: string
  readonly commandLine: string
  /** Folder of the experiment; its git repository is the one recorded. */
  readonly workingDir: string
  readonly seed: number | null
}

/** Backend fields are null: the trainer tells them once it has loaded one. */
export async function captureEnvironment(input: EnvironmentInput): Promise<Environment> {
  const [git, gpu] = await Promise.all([readGit(input.workingDir), readGpuName()])
  const processors = cpus()
  return {
    minima: input.version,
    node: process.version,
    tfjs: null,
    backend: null,
    backendReason: null,
    device: null,
    os: `${osType()} ${release()} ${arch()}`,
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cpuCores: processors.length,
    memoryBytes: totalmem(),
    gpu,
    commandLine: input.commandLine,
    workingDir: input.workingDir,
    seed: input.seed,
    git,
  }
}

async function readGit(dir: string): Promise<Environment['git']> {
  const git = async (...args: string[]): Promise<string> =>
    (
      await runFile('git', ['-C', dir, ...args], {
        timeout: GIT_TIMEOUT_MS,
        maxBuffer: 64 * 2 ** 20,
        windowsHide: true,
      })
    ).stdout
  try {
    const [commit, branch, status, diff] = await Promise.all([
      git('rev-parse', 'HEAD'),
      git('rev-parse', '--abbrev-ref', 'HEAD'),
      git('status', '--porcelain'),
      git('diff', 'HEAD'),
    ])
    return {
      commit: commit.trim(),
      branch: branch.trim() === 'HEAD' ? null : branch.trim(),
      dirty: status.trim() !== '',
      diff: diff.length > DIFF_LIMIT ? `${diff.slice(0, DIFF_LIMIT)}\n[cut: ${diff.length} characters in all]` : diff,
    }
  } catch {
    return null // no git, or not a repository
  }
}

async function readGpuName(): Promise<string | null> {
  try {
    const { stdout } = await runFile('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], {
      timeout: 2_000,
      windowsHide: true,
    })
    return stdout.trim().split('\n').join(', ') || null
  } catch {
    return null
  }
}
