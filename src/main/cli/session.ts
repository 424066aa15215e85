/** A command's line to the engine: the one that lives, or one inside this process until the command is done. */
import { connect, type EngineConnection } from '../../client/connection.ts'
import { addressOf, findEngine } from '../engine-host.ts'
import type { PackagePaths } from '../package-paths.ts'

export interface Session {
  readonly connection: EngineConnection
  readonly workspace: string
  /** Where the page is, with the token behind `#t=`. */
  readonly url: string
  /** Whether the engine lives in this process and ends with it. */
  readonly ownsEngine: boolean
  /** Resolves when the engine was asked to end, or is gone. */
  readonly ended: Promise<void>
  close(): Promise<void>
}

/** What the program hands to each command. */
export interface CommandContext {
  readonly paths: PackagePaths
  readonly startEngine: StartEngine
}

export interface OwnEngine {
  readonly origin: string
  readonly token: string
  readonly ended: Promise<void>
  close(): Promise<void>
}

export type StartEngine = (workspace: string, port: number) => Promise<OwnEngine>

export async function openSession(workspace: string, { startEngine }: CommandContext, port = 0): Promise<Session> {
  const living = await findEngine(workspace)
  const own = living ? null : await startEngine(workspace, port)
  const address = living ? addressOf(living) : { origin: own?.origin ?? '', token: own?.token ?? '' }
  const connection = await connect(address)
  return {
    connection,
    workspace,
    url: `${address.origin}/#t=${address.token}`,
    ownsEngine: own !== null,
    ended: own?.ended ?? connection.closed,
    async close() {
      connection.close()
      await own?.close()
    },
  }
}
