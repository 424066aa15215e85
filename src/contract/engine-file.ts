/** `<workspace>/engine.json`, by which window, command line and scripts find the engine that lives. */
import { z } from 'zod'

export const ENGINE_FILE = 'engine.json'

export const engineFile = z.object({
  pid: z.number(),
  /** Seconds since the Unix epoch; tells a live engine from another program that got its pid. */
  startedAt: z.number(),
  port: z.number(),
  token: z.string(),
  version: z.string(),
})
export type EngineFile = z.infer<typeof engineFile>

/** Subprotocol and prefix of the token in `Sec-WebSocket-Protocol`: a browser can set no other header. */
export const SOCKET_PROTOCOL = 'minima'
export const TOKEN_PROTOCOL_PREFIX = 'minima.token.'
export const SOCKET_PATH = '/rpc'
export const SCALARS_PATH = '/bin/scalars.read'
