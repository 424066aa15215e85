/** What is wrong with a page as it stands, for end-to-end tests: none is what every view must have. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[]
}

/** Violations of WCAG AA, and texts that are cut without a title that tells the whole. */
export async function pageFaults(page: Page): Promise<string[]> {
  await page.evaluate(axeSource)
  const { violations } = await page.evaluate<AxeResult>(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] })`,
  )
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('body *')]
      .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()))
      .filter(
        (element) =>
          element.scrollWidth > element.clientWidth && element.clientWidth > 0 && !element.closest('[title]'),
      )
      .map((element) => `cut: ${element.textContent}`),
  )
  return [...violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`), ...cut]
}
