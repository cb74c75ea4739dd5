import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseFamilies } from '@acceptbench/metrics/families';
import { runLabels } from '@acceptbench/metrics/runCatalogue';
import { isMeasured } from '@acceptbench/results/replicate';
import fc from 'fast-check';
import { readRunFolder } from '../runFolder.ts';
import { OpenMetricsText } from './openMetricsText.ts';
import { renderOpenMetrics, timeRangeOf } from './pastRun.ts';

const fixture = fileURLToPath(new URL('../../../results/fixtures/v1', import.meta.url));

async function exported() {
  const past = await readRunFolder(fixture);
  const damage: string[] = [];
  let text = '';
  for await (const piece of renderOpenMetrics(past, ({ file }) => damage.push(file))) text += piece;
  return { past, damage, text };
}

/** Each series' values and times (s), in the order in which they stand. */
function seriesOf(text: string): Map<string, [number, number][]> {
  const series = new Map<string, [number, number][]>();
  for (const line of text.split('\n')) {
    const [, name, value, time] = /^([a-z][^ ]*\{.*\}) (\S+) (\S+)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const points = series.get(name) ?? [];
    series.set(name, points);
    points.push([Number(value), Number(time)]);
  }
  return series;
}

test('a past run is OpenMetrics: each metric in one block, each series in order of time, one end', async () => {
  const { text } = await exported();
  assert.ok(text.endsWith('\n# EOF\n') && text.indexOf('# EOF') === text.length - '# EOF\n'.length);
  const blocks = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name]) => name);
  assert.equal(new Set(blocks).size, blocks.length);
  let current = '';
  for (const line of text.split('\n')) {
    const [, named] = /^# TYPE (\S+)/.exec(line) ?? [];
    current = named ?? current;
    if (line !== '' && !line.startsWith('#')) assert.ok(line.startsWith(current), `${line} under ${current}`);
  }
  for (const [name, points] of seriesOf(text)) {
    points.forEach(([value, time], index) => {
      const [before, beforeTime] = points[index - 1] ?? [0, 0];
      assert.ok(time > beforeTime, `${name} goes back in time`);
      assert.ok(!/_(total|count|bucket)\{/.test(name) || value >= before, `${name} falls`);
    });
  }
});

test('a past run has the labels of one that is watched, its own time, and the figures of its results', async () => {
  const { past, damage, text } = await exported();
  assert.equal(damage.length, 2, 'the samples of two replicates are not in the fixture');
  const [replicate] = past.replicates.filter(({ cell }) => cell.runtime === 'node').filter(isMeasured);
  assert.ok(replicate?.acceptQueue != null);
  const series = seriesOf(text);
  const range = timeRangeOf(past.replicates);
  assert.ok(range !== null);
  for (const [name, points] of series) {
    if (!name.startsWith('acceptbench_run_info')) {
      for (const label of runLabels) assert.match(name, new RegExp(`[{,]${label}="[^"]+"`), name);
    }
    for (const [, time] of points) {
      assert.ok(time * 1000 >= range.fromMs && time * 1000 <= range.toMs + 1000, `${name} at ${time}`);
    }
  }
  const last = (metric: string) => {
    const found = [...series].filter(([name]) => name.startsWith(`${metric}{`));
    return found.reduce((sum, [, points]) => sum + (points.at(-1)?.[0] ?? Number.NaN), 0);
  };
  assert.equal(
    last('k6_completed_in_window_total'),
    Math.round(replicate.rates.completedPerSecond * replicate.cell.load.durationSeconds),
  );
  // From before the warm-up on; the run's own figure begins with the window.
  const queued = last('acceptbench_accept_queue_connection_seconds_total');
  assert.ok(queued >= replicate.acceptQueue.connectionSeconds);
  assert.ok(queued <= replicate.acceptQueue.connectionSeconds * 1.05);
  assert.equal(last('acceptbench_accept_queue_limit'), replicate.acceptQueue.limit);
});

test('any label is written so that it is read back, and a sample that comes late is left out', () => {
  const at = { family: 'a', type: 'gauge' as const, help: 'h "\\\n', name: 'a' };
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const text = new OpenMetricsText();
      text.add({ ...at, labels: { x: value }, value: 1.5, atMs: 2000.4 });
      text.add({ ...at, labels: { x: value }, value: 2, atMs: 2000.2 });
      text.add({ ...at, labels: { x: value }, value: Number.NaN, atMs: 1000 });
      const written = [...text.text()].join('');
      const [, line = ''] = /\n(a\{[^\n]*) 2\.000\n/.exec(written) ?? [];
      assert.deepEqual(parseFamilies(line).families[0]?.series, [{ labels: { x: value }, value: 1.5 }]);
      assert.equal(written.split('\n').length, 5);
    }),
  );
});
