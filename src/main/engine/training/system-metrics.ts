/** What the trainer process uses: memory, CPU, and the GPU when `nvidia-smi` tells. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const runFile = promisify(execFile)

export interface SystemSample {
  readonly memoryMb: number
  /** 100 is one core fully used since the last sample. */
  readonly cpuPercent: number
  readonly gpuPercent: number | null
  readonly gpuMemoryMb: number | null
}

export interface SystemMeter {
  sample(): Promise<SystemSample>
}

export function createSystemMeter(): SystemMeter {
  let cpu = process.cpuUsage()
  let at = performance.now()
  let gpuTold = true
  return {
    async sample() {
      const now = performance.now()
      const used = process.cpuUsage(cpu)
      const cpuPercent = (used.user + used.system) / 10 / Math.max(1, now - at)
      cpu = process.cpuUsage()
      at = now
      const gpu = gpuTold ? await readGpu() : null
      gpuTold = gpu !== null
      return {
        memoryMb: process.memoryUsage.rss() / 2 ** 20,
        cpuPercent,
        gpuPercent: gpu?.percent ?? null,
        gpuMemoryMb: gpu?.memoryMb ?? null,
      }
    },
  }
}

async function readGpu(): Promise<{ percent: number; memoryMb: number } | null> {
  try {
    const query = ['--query-gpu=utilization.gpu,memory.used', '--format=csv,noheader,nounits']
    const { stdout } = await runFile('nvidia-smi', query, { timeout: 2000, windowsHide: true })
    const [percent, memoryMb] = (stdout.split('\n')[0] ?? '').split(',').map(Number)
    return Number.isFinite(percent) && Number.isFinite(memoryMb)
      ? { percent: percent as number, memoryMb: memoryMb as number }
      : null
  } catch {
    return null // no NVIDIA driver here
  }
}
