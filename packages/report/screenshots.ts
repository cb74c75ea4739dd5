/**
 * Pictures of a report for README and docs: `npm run screenshots -w @acceptbench/report -- RUN_DIR OUT_DIR`. RUN_DIR has a
 * `report.html`; OUT_DIR gets `report-light.png`, `report-dark.png` and `report-phone.png`, the first screen of each.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions } from 'playwright-core';
import { launchBrowser } from './test/browser.ts';

const views: readonly (readonly [name: string, settings: BrowserContextOptions])[] = [
  ['light', { viewport: { width: 1280, height: 960 }, deviceScaleFactor: 1.5, colorScheme: 'light' }],
  ['dark', { viewport: { width: 1280, height: 960 }, deviceScaleFactor: 1.5, colorScheme: 'dark' }],
  ['phone', { viewport: { width: 375, height: 900 }, deviceScaleFactor: 2, colorScheme: 'light' }],
];

// npm runs this in the package's folder: paths are meant from where they were typed.
const from = process.env.INIT_CWD ?? process.cwd();
const [run, out] = process.argv.slice(2).map((path) => resolve(from, path));
const page = run === undefined ? undefined : join(run, 'report.html');
if (page === undefined || out === undefined || !existsSync(page)) {
  console.error(
    'usage: screenshots RUN_DIR OUT_DIR, where RUN_DIR has a report.html (acceptbench report RUN_DIR --html)',
  );
  process.exit(2);
}
mkdirSync(out, { recursive: true });
const browser = await launchBrowser();
try {
  for (const [name, settings] of views) {
    const context = await browser.newContext(settings);
    const tab = await context.newPage();
    await tab.goto(pathToFileURL(page).href);
    const path = join(out, `report-${name}.png`);
    await tab.screenshot({ path });
    await context.close();
    console.log(path);
  }
} finally {
  await browser.close();
}
