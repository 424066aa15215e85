/** Trains example files through the command line, seed by seed, each in a workspace of its own. */
import { join, resolve } from 'node:path'
import { deleteWorkspace, ROOT, runCommand, temporaryWorkspace } from '../support/served-app.ts'

export const DATA = resolve(process.env['MINIMA_DATA_DIR'] ?? join(ROOT, '../shared/data'))

/** What `minima inspect --json` says of a run, as far as benches read it. */
export interface Trained {
  readonly state: string
  readonly model: { readonly params: number }
  readonly startedAt: number
  readonly endedAt: number
  /** Final figures by tag. */
  readonly metrics: Readonly<Record<string, number>>
  readonly series: readonly { readonly tag: string; readonly last: readonly [number, number, number] }[]
}

/** @param example file in `examples` @param overrides as `--set` takes them */
export async function trainSeeds(
  example: string,
  seeds: readonly number[],
  overrides: readonly string[],
): Promise<Trained[]> {
  const runs: Trained[] = []
  for (const seed of seeds) {
    const workspace = temporaryWorkspace()
    const sets = [...overrides, `fit.seed=${seed}`].flatMap((one) => ['--set', one])
    const { code, stderr, stdout } = await runCommand(workspace, ['train', join(ROOT, 'examples', example), ...sets])
    if (code !== 0) throw new Error(`${example}, seed ${seed}: ${stderr}${stdout}`)
    console.log(`${example}, seed ${seed}\n${stdout.trim().split('\n').slice(-12).join('\n')}\n`)
    const inspected = JSON.parse((await runCommand(workspace, ['inspect', '--json'])).stdout) as { runs: Trained[] }
    runs.push(...inspected.runs)
    deleteWorkspace(workspace)
  }
  return runs
}

export function lastOf(run: Trained, tag: string): number {
  return run.series.find((series) => series.tag === tag)?.last[2] ?? NaN
}

/** The rows of California housing by which Keras's figures were measured, as an override. */
export function bookSplit(): string {
  const dir = join(DATA, 'california-housing')
  const rows = {
    train: join(dir, 'split_train.i32.bin'),
    validation: join(dir, 'split_valid.i32.bin'),
    test: join(dir, 'split_test.i32.bin'),
  }
  return `split=${JSON.stringify({ rows })}`
}
