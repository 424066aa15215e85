/** What the page may find on `window`: the preload's bridge in the desktop window, and a hook of the latency bench. */
declare global {
  interface Window {
    readonly minima?: { readonly token: string }
    /** Called in the frame after a chart drew new points, with the wall time of the youngest, in seconds. */
    __minimaLatency?: (newestWallTimeSecs: number) => void
  }
}

export {}
