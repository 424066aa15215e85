/** What the preload hands the page in the desktop window; absent in a browser. */
export interface MinimaBridge {
  readonly token: string
}

declare global {
  interface Window {
    readonly minima?: MinimaBridge
  }
}
