import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseSeries, SeriesBuilder } from '../src/model/series.ts';
import { renderReport } from '../src/report.ts';
import { aCell, aMeasurement, aRun, aValid } from '../src/testing/builders.ts';
import { aFullStory, sha256, someSamples } from './story.ts';

const options = { sha256, terminal: { color: false } };
const bytes = (text: string) => new TextEncoder().encode(text).length;

describe('the size of a report', () => {
  it('is less than 1 MB for a run like quick, and its Markdown fits a comment', () => {
    const { html, markdown } = renderReport(aFullStory(3), options);
    assert.ok(bytes(html) < 1e6, `${bytes(html)}`);
    assert.ok(markdown.length < 60_000);
  });

  it('is at most 5 MB for 200 cells × 10 blocks × 60 s; tables that do not fit the Markdown are named', () => {
    const cells = ['node', 'bun'].flatMap((runtime) =>
      (['inline', 'offload'] as const).flatMap((topology) =>
        [16, 128, 511, 1024, 4096].flatMap((backlog) =>
          Array.from({ length: 10 }, (_, index) => {
            const ofCeiling = 0.2 * (index + 1);
            const cell = aCell({ runtime, topology, backlog, rate: 250 * ofCeiling, ofCeiling });
            const id = `${runtime}-${topology}-${backlog}-${index}`;
            return { ...cell, id, load: { ...cell.load, durationSeconds: 60 } };
          }),
        ),
      ),
    );
    const replicates = cells.flatMap((cell) =>
      Array.from({ length: 10 }, (_, block) =>
        aValid(cell, block + 1, aMeasurement(cell, { acceptQueue: 40 + block, work: 4, process: 1 })),
      ),
    );
    const run = aRun(cells, {
      experiment: { ...aRun([]).experiment, design: { kind: 'blocks', blocks: 10 } },
    });
    const series = chooseSeries(run, replicates).map((replicate) => {
      const builder = new SeriesBuilder(replicate);
      for (const sample of someSamples(60)) builder.add(sample);
      return builder.finish();
    });
    assert.equal(cells.length, 200);
    const { html, markdown } = renderReport({ run, replicates, series }, options);
    assert.ok(bytes(html) <= 5e6, `${bytes(html)}`);
    assert.ok(markdown.length <= 60_000, `${markdown.length}`);
    assert.match(markdown, /no room for \d+ rows here; report\.html has them/);
    assert.match(html, /Of 176 further cells the samples are in the run/);
  });
});

describe('samples over time', () => {
  const [replicate] = chooseSeries(aFullStory().run, aFullStory().replicates);
  assert.ok(replicate !== undefined);

  it('are thinned to some hundred figures, however many there are, and no peak is lost', () => {
    const builder = new SeriesBuilder(replicate);
    const [first] = someSamples(1);
    assert.ok(first?.kind === 'kernel');
    const [listener] = first.listeners;
    assert.ok(listener !== undefined);
    // A million samples of a long drain; one of them has the peak.
    for (let index = 0; index < 1_000_000; index += 1) {
      const queue = index === 654_321 ? 9999 : index % 7;
      builder.add({ ...first, atMs: replicate.windowStartMs + index, listeners: [{ ...listener, queue }] });
    }
    const { queue, steps } = builder.finish();
    assert.ok(queue.length <= 330, `${queue.length}`);
    assert.ok(steps.length <= 49, `${steps.length}`);
    assert.equal(Math.max(...queue.map(([, connections]) => connections)), 9999);
    assert.ok(queue.every(([seconds], index) => index === 0 || seconds >= (queue[index - 1]?.[0] ?? 0)));
  });

  it('give the rates that the counters have: what is accepted and completed within the window', () => {
    const { steps, windowSeconds } = (() => {
      const builder = new SeriesBuilder(replicate);
      for (const sample of someSamples(10)) builder.add(sample);
      return builder.finish();
    })();
    const within = steps.filter(
      ({ fromSeconds, toSeconds }) => fromSeconds > 0.5 && toSeconds < windowSeconds,
    );
    assert.ok(within.length > 15);
    for (const { acceptedPerSecond, completedPerSecond } of within) {
      assert.ok(Math.abs((acceptedPerSecond ?? 0) - 250) < 12, `${acceptedPerSecond}`);
      assert.ok(Math.abs((completedPerSecond ?? 0) - 246) < 12, `${completedPerSecond}`);
    }
    // The queue passes 512 at 6.8 s.
    assert.ok(
      steps.every(({ overflows, toSeconds }) => toSeconds > 6.5 || overflows === 0 || overflows === null),
    );
    assert.ok(steps.some(({ overflows }) => (overflows ?? 0) > 0));
  });
});
