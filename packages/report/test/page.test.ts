import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { renderReport } from '../src/report.ts';
import { browserFor, openAll, violations } from './opened.ts';
import { aFullStory, sha256 } from './story.ts';

const options = { sha256, terminal: { color: false } };
const report = renderReport(aFullStory(), options);

const { open } = browserFor();

describe('report.html in a browser', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    it(`asks nothing of the network, says nothing, and meets WCAG A and AA: ${colorScheme}`, async (context) => {
      const opened = await open(context, report.html, { colorScheme });
      if (opened === null) return;
      const { page, requests, said } = opened;
      await openAll(page);
      assert.deepEqual(await violations(page), []);
      assert.deepEqual([requests, said], [[], []]);
      const background = await page.evaluate(`getComputedStyle(document.body).backgroundColor`);
      assert.equal(background, colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(13, 17, 23)');
    });
  }

  it('lets nothing run or load but itself', async (context) => {
    const opened = await open(context, report.html);
    if (opened === null) return;
    const { page, said } = opened;
    const policy = (await page.locator('meta[http-equiv]').getAttribute('content')) ?? '';
    assert.match(policy, /^default-src 'none'; /);
    for (const [tag, name] of [
      ['style', 'style-src'],
      ['script', 'script-src'],
    ] as const) {
      const texts = await page.locator(tag).evaluateAll((all) => all.map((each) => each.textContent ?? ''));
      assert.equal(texts.length, 1, tag);
      assert.ok(policy.includes(`${name} 'sha256-${sha256(texts[0] ?? '')}'`), name);
    }
    await page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      const image = document.createElement('img');
      image.src = 'http://127.0.0.1:9/x.png';
      document.body.append(script, image);
      document.body.setAttribute('style', 'color: red');
    }`);
    const refusals = () => said.filter((line) => line.includes('Content Security Policy')).length;
    for (const end = Date.now() + 30_000; refusals() < 3 && Date.now() < end; ) {
      await page.waitForFunction(`performance.now() > 0`);
    }
    assert.equal(await page.evaluate(`window.ran`), undefined);
    assert.equal(refusals(), 3, said.join('\n'));
  });

  it('is all there without a script', async (context) => {
    const with_ = await open(context, report.html);
    const without = await open(context, report.html, { javaScriptEnabled: false });
    if (with_ === null || without === null) return;
    const textOf = async (page: Page) => (await page.locator('body').textContent())?.replaceAll(/\s+/g, ' ');
    assert.equal(await textOf(without.page), await textOf(with_.page));
    const details = without.page.locator('details').first();
    assert.equal(await details.locator('table').isVisible(), false);
    await details.locator('summary').click();
    assert.equal(await details.locator('table').isVisible(), true);
  });

  it('fits a phone: nothing but tables scrolls sideways', async (context) => {
    const opened = await open(context, report.html, { viewport: { width: 375, height: 812 } });
    if (opened === null) return;
    await openAll(opened.page);
    assert.equal(await opened.page.evaluate(`document.documentElement.scrollWidth`), 375);
    assert.deepEqual(await violations(opened.page), []);
    const widths = await opened.page
      .locator('svg:visible')
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().width));
    assert.ok(widths.length > 10 && widths.every((width) => width <= 343), widths.join());
  });

  it('prints light, with every table open', async (context) => {
    // A4 with margins of 12 mm, in px.
    const viewport = { width: 703, height: 1000 };
    const opened = await open(context, report.html, { colorScheme: 'dark', viewport });
    if (opened === null) return;
    const { page } = opened;
    await page.emulateMedia({ media: 'print' });
    const widest = await page
      .locator('table, svg:visible, p, li')
      .evaluateAll((all) => Math.max(...all.map((each) => each.getBoundingClientRect().right)));
    assert.ok(widest <= viewport.width + 1, `${widest}`);
    assert.equal(
      await page.evaluate(`getComputedStyle(document.body).backgroundColor`),
      'rgb(255, 255, 255)',
    );
    const shown = await page
      .locator('details table')
      .evaluateAll((all) => all.map((each) => each.checkVisibility()));
    assert.ok(shown.length > 5 && shown.every(Boolean), shown.join());
    assert.ok((await page.pdf({ format: 'A4' })).length > 50_000);
  });

  it('sorts a table by a column, figures as figures', async (context) => {
    const opened = await open(context, report.html);
    if (opened === null) return;
    const table = opened.page.locator('#load1-waits');
    const responses = () =>
      table.locator('tbody tr').evaluateAll((rows) => rows.map((row) => row.children[3]?.textContent ?? ''));
    const before_ = await responses();
    const head = table.locator('thead th').nth(3);
    await head.getByRole('button').click();
    const sorted = await responses();
    assert.notDeepEqual(sorted, before_);
    assert.deepEqual(
      sorted,
      before_.toSorted((a, b) => Number.parseFloat(a) - Number.parseFloat(b)),
    );
    assert.equal(await head.getAttribute('aria-sort'), 'ascending');
    await head.getByRole('button').press('Enter');
    assert.deepEqual(await responses(), sorted.toReversed());
  });

  it('shows the figures that its data has, and the data can be read back', async (context) => {
    const opened = await open(context, report.html);
    if (opened === null) return;
    const stored = await opened.page
      .locator('#acceptbench-data')
      .evaluate(
        (template) => (template as unknown as { content: { textContent: string } }).content.textContent,
      );
    assert.equal(stored, report.json);
    const expected = tablesOf(JSON.parse(report.json));
    const shown = await opened.page
      .locator('table')
      .evaluateAll((all) =>
        all.map(
          (table) =>
            [
              table.id,
              [...table.querySelectorAll('tbody tr')].map((row) =>
                [...row.children].map((cell) => cell.textContent),
              ),
            ] as const,
        ),
      );
    assert.ok(shown.length > 20);
    for (const [id, rows] of shown) assert.deepEqual(rows, expected.get(id), id);
    assert.deepEqual(shown.map(([id]) => id).sort(), [...expected.keys()].sort());
  });
});

/** Every table of a report's data, as texts, by its id. */
function tablesOf(value: unknown, found = new Map<string, string[][]>()): Map<string, string[][]> {
  if (typeof value !== 'object' || value === null) return found;
  if ('rows' in value && 'columns' in value && 'id' in value) {
    const { id, rows } = value as { id: string; rows: { text: string }[][] };
    found.set(
      id,
      rows.map((row) => row.map(({ text }) => text)),
    );
    return found;
  }
  for (const each of Object.values(value)) tablesOf(each, found);
  return found;
}
