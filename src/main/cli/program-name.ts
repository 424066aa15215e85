/** How this program is called by whoever reads its output: in a clone `minima` is not on PATH, and npm runs it. */

/** Turns a `minima …` that stands in backticks, alone or behind another command, into what can be typed here. */
export function asTyped(text: string, env: NodeJS.ProcessEnv = process.env): string {
  return env['npm_lifecycle_event'] === undefined
    ? text
    : text.replace(/(?<=`|&& )minima (?=[a-z])/g, 'npm run minima -- ')
}
