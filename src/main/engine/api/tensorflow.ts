/** Native TensorFlow: what is set up and what could be. */
import { MinimaError } from '../../../contract/errors.ts'
import type { TensorflowStatus } from '../../../contract/tensorflow.ts'
import { readSetup } from '../training/backends/tensorflow-home.ts'
import type { Handlers } from './router.ts'

export function tensorflowHandlers(): Pick<
  Handlers,
  'tensorflow.status' | 'tensorflow.setup' | 'tensorflow.cancel' | 'tensorflow.remove'
> {
  const status = (): TensorflowStatus => ({ installed: readSetup(), plans: [], job: null })
  const refuse = (): never => {
    throw new MinimaError('backend-unavailable', 'setting up TensorFlow is not built yet')
  }
  return {
    'tensorflow.status': status,
    'tensorflow.setup': refuse,
    'tensorflow.cancel': refuse,
    'tensorflow.remove': refuse,
  }
}
