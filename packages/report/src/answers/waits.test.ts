import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cell } from '@acceptbench/results/cell';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import { toComparisons } from '../model/comparisons.ts';
import { toContext } from '../model/context.ts';
import { aCalmCell, aCell, aFailed, aMeasurement, anInvalid, aRun, aValid } from '../testing/builders.ts';
import { aStory } from '../testing/story.ts';
import { waitAnswers } from './waits.ts';

const inline = aCell();
const offload = aCell({ topology: 'offload' });
type Waits = Parameters<typeof aMeasurement>[1];

const three = (cell: Cell, waits: Waits, completed: number) =>
  [1, 2, 3].map((block) => aValid(cell, block, aMeasurement(cell, waits, { completed: completed + block })));

const waitsInline = { acceptQueue: 884, work: 4, process: -0.4 };
const waitsOffload = { acceptQueue: 0, offloadQueue: 801, work: 4, process: 1 };
const both = [inline, offload];
const answersOf = (run: Run, replicates: readonly Replicate[]) => {
  const context = toContext(run, replicates);
  return waitAnswers(context, toComparisons(context));
};
const only = (cells: Cell[], replicates: Replicate[]) => {
  const [answer, ...others] = answersOf(aRun(cells), replicates).answers;
  assert.ok(answer !== undefined);
  assert.deepEqual(others, []);
  return { ...answer, sentence: answer.sentences.join(' ') };
};

describe('waitAnswers', () => {
  it('says how long requests took, where they waited, where offloading put the wait, and the rates', () => {
    const answer = only(both, [...three(inline, waitsInline, 245), ...three(offload, waitsOffload, 246)]);
    assert.deepEqual(answer.sentences, [
      "Inline: 888 ms, 884 of them in the kernel's accept queue (mean 152 connections, limit 512).",
      'Offload with 1 worker: 806 ms, 801 of them in the offload queue; the wait moved inside, 0 ms are left in the accept queue.',
      'Inline and offload with 1 worker completed 247 and 248 req/s: inconclusive: needs 6 blocks, has 3.',
    ]);
  });

  it('says the load once where it is the same for all', () => {
    const { run, replicates } = aStory();
    assert.equal(answersOf(run, replicates).lead, 'Mean response time at 325 req/s (1.3 × the ceiling):');
  });

  it('names both places when a runtime accepts ahead, the longer wait first', () => {
    const { run, replicates } = aStory(['deno']);
    const { sentence } = only(run.cells, replicates);
    assert.match(
      sentence,
      /894 ms, 546 of them in the process and 344 in the kernel's accept queue \(mean 45/,
    );
  });

  it('has one answer a runtime', () => {
    const { run, replicates } = aStory();
    const subjects = answersOf(run, replicates).answers.map(({ subject }) => subject);
    assert.deepEqual(subjects, ['node', 'bun', 'deno']);
  });

  it('says who completed more, and by how much, when there are blocks enough', () => {
    const gone = { acceptQueue: 0, offloadQueue: 2, work: 4, process: 1 };
    const six = (cell: Cell, waits: Waits, rate: number) =>
      [1, 2, 3, 4, 5, 6].map((block) =>
        aValid(cell, block, aMeasurement(cell, waits, { completed: rate + (block % 3) })),
      );
    const { sentence } = only(both, [...six(inline, waitsInline, 245), ...six(offload, gone, 322)]);
    assert.match(
      sentence,
      /7\.40 ms, 2 of them in the offload queue and 1 in the process; most of the wait is gone, 0 of 884 ms/,
    );
    assert.match(
      sentence,
      /completed 246 and 323 req\/s: faster: offload w1 completed more requests than inline, 1\.31 × \(/,
    );
    const slower = only(both, [...six(inline, waitsInline, 245), ...six(offload, waitsOffload, 200)]);
    assert.match(slower.sentence, /slower: offload w1 completed fewer requests than inline, 0\.82 × \(/);
    const same = only(both, [...six(inline, waitsInline, 245), ...six(offload, waitsOffload, 246)]);
    assert.match(same.sentence, /equivalent: offload w1 is within ±3 % of inline in completed rate/);
  });

  it('says so when offloading left the wait, or moved a part of it', () => {
    const left = { acceptQueue: 860, offloadQueue: 10, work: 4, process: 1 };
    const part = { acceptQueue: 400, offloadQueue: 400, work: 4, process: 1 };
    const verdict = (waits: Waits) =>
      only(both, [...three(inline, waitsInline, 245), ...three(offload, waits, 246)]).sentence;
    assert.match(
      verdict(left),
      /860 of them in the kernel's accept queue .*; the wait stayed where it was\./,
    );
    assert.match(verdict(part), /; part of the wait moved, 400 of 884 ms are left in the accept queue\./);
  });

  it('says when no cell is above the ceiling, and that nothing waited', () => {
    const cells = [aCalmCell(), aCalmCell({ topology: 'offload' })];
    const calm = { acceptQueue: 0.05, work: 4, process: 0.2 };
    const verdict = only(
      cells,
      cells.flatMap((cell) => three(cell, calm, 173)),
    );
    assert.match(verdict.sentence, /Inline: 4\.65 ms, 4 of them the work: hardly any wait\./);
    assert.match(verdict.sentence, /No cell of it is above its ceiling/);
  });

  it('is inconclusive, with the reason, when one of the two has no valid replicate', () => {
    const lag = { gate: 'scheduling-lag', reason: 'p99 ≤ 10 ms; got 12' };
    const replicates = [1, 2].map((block) => anInvalid(offload, block, [lag]));
    const verdict = only(both, [...three(inline, waitsInline, 245), ...replicates]);
    assert.equal(verdict.state, 'inconclusive');
    assert.match(
      verdict.sentence,
      /^Inconclusive: Offload with 1 worker has no valid replicate \(2 × invalid: scheduling-lag, p99 ≤ 10 ms; got 12\)\./,
    );
    assert.match(verdict.sentence, /Inline: 888 ms, 884 of them/);
  });

  it('is inconclusive when nothing ran, or all of it failed', () => {
    assert.match(only(both, []).sentence, /Inconclusive: Inline has no valid replicate \(none was run\)/);
    const failed = only(both, [aFailed(inline, 1, 'EADDRINUSE'), aFailed(offload, 1, 'EADDRINUSE')]);
    assert.match(failed.sentence, /\(failed: EADDRINUSE\)/);
  });

  it('says which topology the run does not have', () => {
    const node = aCell({ runtime: 'node' });
    const run = aRun([inline, node, aCell({ runtime: 'node', topology: 'offload' })]);
    const { answers } = answersOf(run, three(inline, waitsInline, 245));
    assert.match(
      answers[0]?.sentences.join(' ') ?? '',
      /The run has no offload cell of it, so inline and offload are not compared/,
    );
    const { sentence } = only([inline], three(inline, waitsInline, 245));
    assert.doesNotMatch(sentence, /not compared/);
    assert.match(sentence, /Completed 247 req\/s \(n = 3\)/);
    const neither = aCell({ topology: 'reuseport', workers: 2 });
    assert.match(
      only([neither], three(neither, waitsInline, 245)).sentence,
      /Reuseport with 2 loops: 888 ms/,
    );
  });

  it('takes the highest load of each topology', () => {
    const calm = aCalmCell();
    const replicates = [
      ...three(calm, { acceptQueue: 0.05, work: 4, process: 0.2 }, 173),
      ...three(inline, waitsInline, 245),
      ...three(offload, waitsOffload, 246),
    ];
    assert.match(only([calm, ...both], replicates).sentence, /^Inline: 888 ms/);
  });

  it('compares rates at equal offered load only', () => {
    const twice = aCell({ topology: 'offload', workers: 2, rate: 650 });
    const { sentence } = only(
      [inline, twice],
      [...three(inline, waitsInline, 245), ...three(twice, waitsOffload, 490)],
    );
    assert.match(
      sentence,
      /Offload with 2 workers at 650 req\/s \(1\.3 × the ceiling\): 806 ms, 801 of them/,
    );
    assert.match(sentence, /of different rates that were offered .*, so these are not compared/);
  });

  it('says when the accept queue was not measured', () => {
    const blind = { acceptQueue: null, work: 4, process: 900 };
    const { sentence } = only(both, [...three(inline, blind, 245), ...three(offload, waitsOffload, 246)]);
    assert.match(sentence, /the accept queue was not measured/);
  });

  it('answers apart for what the run varies', () => {
    const shared = aCell({ api: 'node-http' });
    const { answers } = answersOf(aRun([inline, shared]), []);
    assert.deepEqual(
      answers.map(({ subject }) => subject),
      ['bun (native)', 'bun (node-http)'],
    );
  });
});

describe('the headline', () => {
  it('groups runtimes by what was found', () => {
    const { run, replicates } = aStory();
    const some = replicates.filter(({ cell }) => cell.runtime !== 'deno');
    assert.equal(
      answersOf(run, some).headline,
      'Offloading moved the wait from the accept queue inside the process (node, bun); inconclusive (deno).',
    );
    assert.equal(answersOf(aRun([]), []).headline, 'No cell, so no verdict.');
  });
});
