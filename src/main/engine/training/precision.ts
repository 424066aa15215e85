/** Whether what trains here gains from products in bfloat16. */
import { readFileSync } from 'node:fs'

/** Why it would only lose digits by it, one line; null when it gains speed. `device` as the runtime tells it. */
export function bfloat16Obstacle(device: string, cpuInfo: () => string = readCpuInfo): string | null {
  if (device.startsWith('GPU')) return null
  if (/\b(avx512_bf16|amx_bf16|bf16)\b/.test(cpuInfo())) return null
  return 'this processor has no instructions for bfloat16'
}

function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8')
  } catch {
    return '' // not Linux: nothing is known of it
  }
}
