/** `minima-lab`, the package for programs of their own: no dependency, Node 20 or later. `index.d.ts` there specifies it. */
import type { createRun as CreateRun, experiment as Experiment } from '../../packages/minima-lab/index.d.ts'
import { startRun } from './run.ts'

export const createRun: typeof CreateRun = async (options = {}) => startRun(options)

/** For its type only: the object itself is the experiment. */
export const experiment: typeof Experiment = (file) => file
