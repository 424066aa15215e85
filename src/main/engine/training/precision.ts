/** Whether what trains here gains from products in bfloat16. */
import { readFileSync } from 'node:fs'
import type { Runtime } from './backends/backend.ts'

/** Why it would only lose digits by it, or cannot, one line; null when it gains speed. */
export function bfloat16Obstacle(
  { name, device }: Pick<Runtime, 'name' | 'device'>,
  cpuInfo: () => string = readCpuInfo,
): string | null {
  if (name !== 'tensorflow') return 'only steps that are compiled on TensorFlow multiply in bfloat16'
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
