import { expect, test } from 'vitest'
import type { SetupJob, SetupPlan } from '../../../src/contract/tensorflow.ts'
import { createReport } from '../../../src/main/engine/tensorflow/progress.ts'

const PLAN: SetupPlan = {
  flavor: 'cpu',
  title: '',
  source: '',
  downloadBytes: 274e6,
  diskBytes: 859e6,
  secs: 60,
  dir: '',
  obstacle: null,
}

function report() {
  const jobs: SetupJob[] = []
  const clock = { ms: 0 }
  return {
    jobs,
    clock,
    report: createReport(
      PLAN,
      (job) => jobs.push(job),
      () => clock.ms,
    ),
  }
}

test('bytes are told ten times a second at most, a new message at once', () => {
  const { jobs, clock, report: tell } = report()
  tell.stage('downloading', 'fetching')
  for (clock.ms = 1; clock.ms <= 1000; clock.ms++) tell.bytes(clock.ms * 1e5, 100e6)
  tell.say('fetched')
  expect(jobs).toHaveLength(12)
  expect(jobs.at(-1)).toMatchObject({ message: 'fetched', doneBytes: 100e6, totalBytes: 100e6 })
})

test('the share of the whole grows, by bytes where there are some and else by time, and never falls', () => {
  const { jobs, clock, report: tell } = report()
  tell.stage('downloading', '')
  const share = (): number => jobs.at(-1)?.share ?? NaN
  for (clock.ms = 200; clock.ms <= 1000; clock.ms += 200) tell.bytes(clock.ms * 1e5, 100e6)
  const downloaded = share()
  tell.stage('downloading', 'another, of which nothing is there yet')
  expect(share()).toBe(downloaded)
  tell.stage('building', '')
  const building = share()
  expect(building).toBeGreaterThan(downloaded)
  clock.ms += 10_000
  tell.tick()
  expect(share()).toBeGreaterThan(building)
  clock.ms += 1e9
  tell.tick()
  const built = share()
  tell.stage('checking', '')
  expect([share() >= built, share() < 1]).toEqual([true, true])
})
