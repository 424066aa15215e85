/**
 * Ends a test run with the reasons of what was skipped and one line that counts, `N passed, N failed, N skipped`, which
 * is also kept in `.cache/test-summary.txt`. In CI a skipped end-to-end test is a failure.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import type { Reporter, TestCase, TestModule } from 'vitest/node'

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const skipped = tests.filter((test) => test.result().state === 'skipped')
    const broken = modules.filter((module) => module.state() === 'failed' && module.errors().length > 0)
    const failed =
      tests.filter((test) => test.result().state === 'failed').length + broken.length + unhandledErrors.length
    const passed = tests.filter((test) => test.result().state === 'passed').length
    for (const line of new Set(skipped.map(describeSkip))) console.log(`skipped: ${line}`)
    const forbidden = process.env['CI'] ? skipped.filter((test) => test.project.name === 'e2e').length : 0
    if (forbidden > 0) {
      console.log(`${forbidden} end-to-end tests were skipped, which CI does not allow`)
      process.exitCode = 1
    }
    const line = `${passed} passed, ${failed + forbidden} failed, ${skipped.length - forbidden} skipped`
    mkdirSync('.cache', { recursive: true })
    writeFileSync('.cache/test-summary.txt', `${line}\n`)
    console.log(line)
  }
}

function describeSkip(test: TestCase): string {
  const result = test.result()
  const reason = (result.state === 'skipped' && result.note) || 'no reason given'
  return `${test.module.relativeModuleId}: ${reason}`
}
