/** Tells a process apart from a later one that got its pid, and from one of another machine or container. */
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import type { ProcessIdentity } from '../contract/journal.ts'

export function identityOfThisProcess(): ProcessIdentity {
  return { pid: process.pid, startedAt: startOf(process.pid), machine: machineName() }
}

/** Of a process of another machine nothing can be told: it counts as alive. */
export function isAlive({ pid, startedAt, machine }: ProcessIdentity): boolean {
  if (machine !== machineName()) return true
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return startedAt === null || startOf(pid) === startedAt
}

/** Containers of one host may share its name, never a space of pids. */
function machineName(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

/** In clock ticks since the machine started; null where the system does not say. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? 'dead' : (fields[19] ?? null)
  } catch {
    return null
  }
}
