import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cell } from '@acceptbench/results/cell';
import { parseFailOn } from '../src/compare/failOn.ts';
import { renderCompareHtml } from '../src/compare/html.ts';
import { metrics } from '../src/compare/metrics.ts';
import { toOutcome } from '../src/compare/outcome.ts';
import { toHistory } from '../src/history/history.ts';
import { renderHistoryHtml } from '../src/history/html.ts';
import { aCell, aRun } from '../src/testing/builders.ts';
import { aComparedRun, compareAll } from '../src/testing/comparing.ts';
import { spreadReplicates } from '../src/testing/spread.ts';
import { browserFor, openAll, violations } from './opened.ts';
import { sha256 } from './story.ts';

const { open } = browserFor();
const cells = ['node', 'bun', 'a-<b>runtime</b>'].map((runtime) => aCell({ runtime }));
const replicates = (seed: number, slowdown: (cell: Cell) => number = () => 1) =>
  spreadReplicates(cells, { blocks: 8, spread: 0.01, seed, slowdown });
const another = { ...aRun([]).environment, cpuModel: 'Another <CPU>' };

function compared(): string {
  const slower = replicates(2, ({ runtime }) => (runtime === 'node' ? 1.2 : 1));
  const report = compareAll([
    aComparedRun('before', cells, replicates(1)),
    aComparedRun('after', cells, slower, { environment: another }),
  ]);
  return renderCompareHtml(report, toOutcome(report, parseFailOn('slower')), sha256);
}

function past(): string {
  const runs = [1, 2, 3, 4].map((day) => ({
    run: aRun(cells, { id: `run-${day}`, startedAt: `2026-11-0${day}T12:00:00.000Z` }),
    replicates: replicates(day),
  }));
  return renderHistoryHtml(toHistory(runs, metrics[0]), metrics[0], sha256);
}

for (const [name, html] of [
  ['compare', compared()],
  ['history', past()],
] as const) {
  describe(`the page of ${name} in a browser`, () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`asks nothing of the network, says nothing, and meets WCAG A and AA: ${name}, ${colorScheme}`, async (context) => {
        const opened = await open(context, html, { colorScheme });
        if (opened === null) return;
        await openAll(opened.page);
        assert.deepEqual(await violations(opened.page), []);
        assert.deepEqual([opened.requests, opened.said], [[], []]);
      });
    }

    it(`is all there without a script, and fits a phone: ${name}`, async (context) => {
      const opened = await open(context, html, {
        javaScriptEnabled: false,
        viewport: { width: 375, height: 812 },
      });
      if (opened === null) return;
      const { page } = opened;
      assert.ok((await page.locator('table').count()) >= 3);
      const widths = await page
        .locator('svg:visible')
        .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().width));
      assert.ok(widths.length >= 3 && widths.every((width) => width <= 343), widths.join());
      const right = await page.locator('main').evaluate((main) => main.getBoundingClientRect().right);
      assert.ok(right <= 375, String(right));
    });
  });
}
