import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';

type Opened = { readonly page: Page; readonly requests: string[]; readonly said: string[] };

/** A browser for the tests of a file. Where none starts, CI fails, and whoever works without one is told. */
export function browserFor() {
  let browser: Browser | null = null;
  let missing = '';
  const folder = mkdtempSync(join(tmpdir(), 'acceptbench-page-'));

  before(async () => {
    try {
      browser = await launchBrowser();
    } catch (error) {
      if (process.env.CI !== undefined) throw error;
      missing = error instanceof Error ? error.message : String(error);
    }
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** The page from disk, with all that it asks the network for and all that the console or the policy says. */
  async function open(
    context: TestContext,
    html: string,
    settings: BrowserContextOptions = {},
  ): Promise<Opened | null> {
    if (browser === null) {
      context.skip(missing);
      return null;
    }
    const file = join(folder, `${context.name.replaceAll(/\W+/g, '-')}.html`);
    writeFileSync(file, html);
    const session = await browser.newContext(settings);
    context.after(() => session.close());
    const page = await session.newPage();
    const requests: string[] = [];
    const said: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    page.on('dialog', (dialog) => {
      said.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(pathToFileURL(file).href);
    assert.deepEqual(requests.splice(0), [pathToFileURL(file).href]);
    return { page, requests, said };
  }

  return { open };
}

export const openAll = (page: Page) =>
  page.locator('details').evaluateAll((all) => {
    for (const each of all) each.setAttribute('open', '');
  });

/** What axe finds against WCAG A and AA, contrast too. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })`,
  )) as axe.AxeResults;
  assert.ok(found.passes.some(({ id }) => id === 'color-contrast'));
  return found.violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .map(({ html }) => html)
        .join(' | ')
        .slice(0, 400)}`,
  );
}
