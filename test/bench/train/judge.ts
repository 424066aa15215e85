/** From what was measured of a case to the rows of the table and the bars: pure. */
import { atMost, measured, type Bar, type BenchRow } from '../report.ts'
import type { CaseResult, ContenderResult } from './measure-case.ts'

/** The figures of the issue that asked for this; of the minima, Minima over the peer. */
const LIMITS = { kerasFit: 0.4, kerasBest: 0.8, tfjsNode: 1 / 6, anyCase: 1.05 }
/**
 * Relative, of losses. Keras and Minima do the same arithmetic; tfjs's Adam has its epsilon elsewhere, so that its losses
 * wander from theirs by percents at single steps and by some 1e-4 over an epoch.
 */
const SAME = { worstStep: 1e-3, epochOfTfjs: 5e-3 }
/** The case that the first three stand for. */
const HEADLINE = 'mlp-32'

export function rowsOf(result: CaseResult): BenchRow[] {
  const peers = [result.kerasFit, result.kerasBest, ...(result.tfjsNode ? [result.tfjsNode] : [])]
  return peers.map((peer) => {
    const ratio = ratioOf(result.minima, peer)
    return {
      case: result.case.title,
      metric: 'step',
      unit: 'ms',
      minima: result.minima.runs.length > 0 ? measured(result.minima.runs) : null,
      ...(peer.runs.length > 0 && { peer: { name: peer.name, version: peer.version, ...measured(peer.runs) } }),
      ...(ratio !== null && { ratio }),
    }
  })
}

export function barsOf(result: CaseResult): Bar[] {
  const { case: benchCase, minima, kerasFit, kerasBest, tfjsNode } = result
  const named = (what: string): string => `${benchCase.id}: ${what}`
  const headline =
    benchCase.id === HEADLINE
      ? [
          atMost(named('step over that of Keras fit'), LIMITS.kerasFit, ratioOf(minima, kerasFit)),
          atMost(named('step over that of Keras’s best'), LIMITS.kerasBest, overBest(result)),
          atMost(named('step over that of tfjs-node fit'), LIMITS.tfjsNode, tfjsNode && ratioOf(minima, tfjsNode)),
        ]
      : []
  const all = [kerasFit, kerasBest, tfjsNode, minima]
  return [
    ...headline,
    atMost(named('step over that of Keras’s best, as in every case'), LIMITS.anyCase, overBest(result)),
    atMost(named('loss of any step, relative difference from Keras fit'), SAME.worstStep, worstStep(minima, kerasBest)),
    atMost(
      named('loss of tfjs-node’s epoch, relative difference from Keras fit'),
      SAME.epochOfTfjs,
      tfjsNode?.difference?.epoch ?? null,
    ),
    sameSteps(named('steps per epoch, of all alike'), result.stepsPerEpoch, all),
  ]
}

function overBest({ minima, kerasFit, kerasBest }: CaseResult): number | null {
  const ratios = [ratioOf(minima, kerasFit), ratioOf(minima, kerasBest)]
  return ratios.some((ratio) => ratio === null) ? null : Math.max(...ratios.map(Number))
}

/** Of the minima; null when either has none. */
function ratioOf(minima: ContenderResult, peer: ContenderResult): number | null {
  if (minima.runs.length === 0 || peer.runs.length === 0) return null
  return Math.min(...minima.runs) / Math.min(...peer.runs)
}

/** null when one of them could not be compared: its time says nothing then. */
function worstStep(...all: readonly ContenderResult[]): number | null {
  const worst = all.map(({ difference }) => difference?.worstStep ?? null)
  return worst.some((one) => one === null) ? null : Math.max(...worst.map(Number))
}

function sameSteps(what: string, due: number, all: readonly (ContenderResult | null)[]): Bar {
  const counts = all.map((one) => one?.stepsPerEpoch ?? null)
  const odd = counts.find((count) => count !== due)
  const value = odd === undefined ? due : odd
  return { what, limit: due, value, ok: value === due }
}
