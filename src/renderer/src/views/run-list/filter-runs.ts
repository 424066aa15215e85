/** The filter box: which runs the words typed there mean. */
import type { RunRecord } from '../../../../contract/run.ts'

type Test = (run: RunRecord) => boolean

/**
 * Every word must match. A plain word is looked for in name, state and experiment; `key:value` in the text of that
 * hparam; `key=value` wants that hparam to be just this. Case is ignored; quotes hold words together.
 */
export function filterRuns(runs: readonly RunRecord[], text: string): readonly RunRecord[] {
  const tests = words(text).map(testOf)
  return tests.length === 0 ? runs : runs.filter((run) => tests.every((test) => test(run)))
}

function words(text: string): string[] {
  return (text.toLowerCase().match(/(?:[^\s"]|"[^"]*"?)+/g) ?? [])
    .map((word) => word.replaceAll('"', ''))
    .filter(Boolean)
}

function testOf(word: string): Test {
  const at = word.search(/[:=]/)
  if (at <= 0) return (run) => haystack(run).includes(word)
  const key = word.slice(0, at)
  const wanted = word.slice(at + 1)
  const holds = word[at] === ':' ? (value: string) => value.includes(wanted) : (value: string) => isSame(value, wanted)
  return (run) => hparamTexts(run, key).some(holds)
}

/** Hparams are found by their whole key or by its last part: `learningRate` finds `fit.optimizer.learningRate`. */
function hparamTexts(run: RunRecord, key: string): string[] {
  return Object.entries(run.hparams)
    .filter(([name]) => isKey(name.toLowerCase(), key))
    .map(([, value]) => String(value).toLowerCase())
}

function isKey(name: string, key: string): boolean {
  return name === key || name.endsWith(`.${key}`)
}

function isSame(value: string, wanted: string): boolean {
  return value === wanted || (wanted !== '' && value !== '' && Number(value) === Number(wanted))
}

const haystacks = new WeakMap<RunRecord, string>()

function haystack(run: RunRecord): string {
  let text = haystacks.get(run)
  if (text === undefined) {
    text = `${run.name}\n${run.state}\n${run.experiment ?? ''}`.toLowerCase()
    haystacks.set(run, text)
  }
  return text
}
