/** The few things a text area does not do by itself. */

/** Place of the first character of a line, counted from 1; the end of the text when there are fewer. */
export function lineStart(text: string, line: number): number {
  let at = 0
  for (let count = 1; count < line; count += 1) {
    const end = text.indexOf('\n', at)
    if (end < 0) return text.length
    at = end + 1
  }
  return at
}

const INDENT = '  '

/** Moves the selected lines in by two spaces, or out; the selection then covers the whole lines. */
export function indentSelection(
  text: string,
  start: number,
  end: number,
  isOut: boolean,
): { text: string; start: number; end: number } {
  const from = text.lastIndexOf('\n', start - 1) + 1
  const next = text.indexOf('\n', Math.max(start, end - 1))
  const to = next < 0 ? text.length : next
  const moved = text
    .slice(from, to)
    .split('\n')
    .map((line) => (isOut ? line.replace(/^ {1,2}/, '') : line && INDENT + line))
    .join('\n')
  return { text: text.slice(0, from) + moved + text.slice(to), start: from, end: from + moved.length }
}
