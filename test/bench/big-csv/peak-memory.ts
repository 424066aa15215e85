/** The most memory that a process ever had, native libraries and all: VmHWM of Linux. */
import { readFileSync } from 'node:fs'

/** Megabytes of 2^20; 0: it is gone, or this is not Linux. */
export function peakMb(pid: number): number {
  try {
    const [, kb = '0'] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kb) / 1024
  } catch {
    return 0
  }
}
