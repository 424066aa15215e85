import { expect, test } from 'vitest'
import type { SetupJob } from '../../src/contract/tensorflow.ts'
import { createSetupDisplay } from '../../src/main/cli/setup-progress.ts'

const JOB: SetupJob = {
  state: 'running',
  flavor: 'cpu',
  stage: 'finding',
  share: 0,
  doneBytes: null,
  totalBytes: null,
  message: '',
  error: null,
}
const DOWNLOAD: Partial<SetupJob> = { stage: 'downloading', share: 0.25, message: 'pip fetches tensorflow-cpu' }

function show(jobs: readonly Partial<SetupJob>[], isTTY: boolean, stepMs = 500): string[] {
  const written: string[] = []
  let clock = 0
  const out = { isTTY, columns: 120, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream
  const display = createSetupDisplay(out, () => (clock += stepMs))
  for (const job of jobs) display.show({ ...JOB, ...job })
  display.end()
  return written
}

const JOBS = [
  { message: 'found pip: /usr/bin/python3' },
  DOWNLOAD,
  { ...DOWNLOAD, doneBytes: 137e6, totalBytes: 274e6 },
  { ...DOWNLOAD, share: 0.5, message: 'fetched tensorflow_cpu-2.21.0.whl' },
  { state: 'done', stage: 'switching', share: 1, message: 'TensorFlow 2.21.0 is set up: CPU' },
] as const

test('without a terminal there is a line per stage, with what it came to', () => {
  expect(show(JOBS, false)).toEqual([
    '  finding      found pip: /usr/bin/python3  (0.5 s)\n',
    '  downloading  fetched tensorflow_cpu-2.21.0.whl  (0.5 s)\n',
  ])
})

test('in a terminal a bar moves under them and is gone at the end', () => {
  const written = show(JOBS, true, 2000)
  const bar = `${'━'.repeat(6)}${'─'.repeat(18)}  25 %  downloading  137 MB of 274 MB, `
  expect(written.find((text) => text.startsWith(bar))).toMatch(/ \d+ MB\/s {2}pip fetches tensorflow-cpu$/)
  expect(written.at(-1)).toBe('\r\u001b[2K')
})
