/**
 * Ends a test run with the reasons of what was skipped and one line that counts, `N passed, N failed, N skipped`, which
 * is also kept in `.cache/test-summary.txt`. In CI a skipped end-to-end test is a failure, and so is one that was skipped
 * for want of TensorFlow.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { NEEDS_TENSORFLOW } from './skip-marks.ts'

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const skipped = tests.filter((test) => test.result().state === 'skipped')
    const broken = modules.filter((module) => module.state() === 'failed' && module.errors().length > 0)
    const failed =
      tests.filter((test) => test.result().state === 'failed').length + broken.length + unhandledErrors.length
    const passed = tests.filter((test) => test.result().state === 'passed').length
    for (const line of new Set(skipped.map(describeSkip))) console.log(`skipped: ${line}`)
    const forbidden = process.env['CI'] ? skipped.filter(mustRunInCi).length : 0
    if (forbidden > 0) {
      console.log(`${forbidden} tests were skipped that CI must run: end-to-end, or on TensorFlow`)
      process.exitCode = 1
    }
    const line = `${passed} passed, ${failed + forbidden} failed, ${skipped.length - forbidden} skipped`
    mkdirSync('.cache', { recursive: true })
    writeFileSync('.cache/test-summary.txt', `${line}\n`)
    console.log(line)
  }
}

function mustRunInCi(test: TestCase): boolean {
  return test.project.name === 'e2e' || reasonOf(test).includes(NEEDS_TENSORFLOW)
}

function describeSkip(test: TestCase): string {
  return `${test.module.relativeModuleId}: ${reasonOf(test)}`
}

/** What the test itself said, or what stands in brackets behind the name of a suite that was skipped as a whole. */
function reasonOf(test: TestCase): string {
  const result = test.result()
  if (result.state === 'skipped' && result.note) return result.note
  return /\((needs .+|skipped .+)\)/.exec(test.fullName)?.[1] ?? 'no reason given'
}
