/** What a mistyped name was meant to be. */

/** Case, `_`, `-` and blanks apart: `batch_size` and `BatchSize` are both `batchSize`. */
export function sameName(left: string, right: string): boolean {
  return folded(left) === folded(right)
}

function folded(name: string): string {
  return name.replace(/[_\-\s]/g, '').toLowerCase()
}

/** The known name that is nearest to `given`, if it is near enough to be what was meant. */
export function closestName(given: string, known: readonly string[]): string | null {
  const same = known.find((name) => sameName(name, given))
  if (same !== undefined) return same
  let best: string | null = null
  // Of one or two letters nothing is left to recognise them by.
  let least = given.length < 3 ? 1 : Math.max(1, Math.floor(given.length / 3)) + 1
  for (const name of known) {
    const distance = editDistance(folded(given), folded(name))
    if (distance < least) {
      least = distance
      best = name
    }
  }
  return best
}

/** Insertions, deletions, substitutions and swaps of neighbours that lead from one to the other. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      const distance = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      )
      current.push(swapped ? Math.min(distance, (beforeLast[column - 2] ?? 0) + 1) : distance)
    }
    beforeLast = last
    last = current
  }
  return last[to.length] ?? 0
}
