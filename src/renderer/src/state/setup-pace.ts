/** How long a setup still takes, from what it has done since the page first saw it. */

export interface PaceStart {
  readonly share: number
  /** In the clock of Date.now(). */
  readonly atMs: number
}

/** Less than this tells nothing of the pace. */
const MIN_SHARE = 0.02
const MIN_MS = 2000

/** Null while too little has been seen. */
export function etaSecs(start: PaceStart, share: number, nowMs: number): number | null {
  const doneShare = share - start.share
  const goneMs = nowMs - start.atMs
  if (doneShare < MIN_SHARE || goneMs < MIN_MS) return null
  return ((1 - share) / doneShare) * (goneMs / 1000)
}
