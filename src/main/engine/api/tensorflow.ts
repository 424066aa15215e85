/** Native TensorFlow: what is set up, what could be, and setting it up. */
import type { SetupManager } from '../tensorflow/setup-manager.ts'
import type { Handlers } from './router.ts'

export function tensorflowHandlers(
  setups: SetupManager,
): Pick<Handlers, 'tensorflow.status' | 'tensorflow.setup' | 'tensorflow.cancel' | 'tensorflow.remove'> {
  return {
    'tensorflow.status': (from) => setups.status(from),
    'tensorflow.setup': (choice) => setups.start(choice),
    'tensorflow.cancel': async () => {
      await setups.cancel()
      return {}
    },
    'tensorflow.remove': () => {
      setups.remove()
      return setups.status({ python: null, wheel: null })
    },
  }
}
