/** The time of day in whole seconds, ticking only while something on screen reads it. */
import { createSubscriber } from 'svelte/reactivity'

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 1000)
  return () => clearInterval(timer)
})

export const clock = {
  /** Seconds since the Unix epoch. */
  get nowSecs(): number {
    subscribe()
    return Date.now() / 1000
  },
}
