/** Undoes setups: deletes what Minima made in its place, and nothing else that may lie there. */
import { readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { currentPath, readSetup, type SetupRecord } from '../training/backends/tensorflow-home.ts'
import { lockSetup } from './setup-lock.ts'
import { removeStock } from './stock.ts'

const OURS = /^((staging-)?(cpu|cuda|stock)(-|$)|building-)/

/** @throws MinimaError while a setup goes on somewhere */
export function removeSetups(home: string): void {
  const unlock = lockSetup(home)
  try {
    const setup = readSetup()
    rmSync(currentPath(home), { force: true })
    if (setup?.flavor === 'stock') removeStock()
    for (const name of setupsIn(home)) rmSync(join(home, name), { recursive: true, force: true })
    rmSync(join(home, 'bindings'), { recursive: true, force: true })
  } finally {
    unlock()
  }
  try {
    rmdirSync(home)
  } catch {
    // something of another's lies in it
  }
}

/** What the new setup has taken the place of. */
export function removeOtherSetups(home: string, inUse: SetupRecord, before: SetupRecord | null): void {
  for (const name of setupsIn(home)) {
    const isUnfinished = name.startsWith('staging-') && !name.startsWith(`staging-${inUse.flavor}`)
    if (join(home, name) !== inUse.dir && !isUnfinished) rmSync(join(home, name), { recursive: true, force: true })
  }
  if (before?.flavor === 'stock' && inUse.flavor !== 'stock') removeStock()
}

function setupsIn(home: string): string[] {
  return readdirSync(home).filter((name) => OURS.test(name))
}
