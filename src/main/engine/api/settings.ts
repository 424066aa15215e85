/** What the page remembers, per workspace. */
import type { ApiContext } from './context.ts'
import type { Handlers } from './router.ts'

export function settingsHandlers({ store }: ApiContext): Pick<Handlers, 'settings.read' | 'settings.write'> {
  return {
    'settings.read': ({ key }) => store.settings.read(key) ?? null,
    'settings.write': ({ key, value }) => {
      store.settings.write(key, value)
      return {}
    },
  }
}
