import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cell } from '@acceptbench/results/cell';
import type { Replicate } from '@acceptbench/results/replicate';
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
const only = (cells: Cell[], replicates: Replicate[]) => {
  const [answer, ...others] = waitAnswers(toContext(aRun(cells), replicates)).answers;
  assert.ok(answer !== undefined);
  assert.deepEqual(others, []);
  return { ...answer, sentence: answer.sentences.join(' ') };
};

describe('waitAnswers', () => {
  it('says where requests waited, where offloading put the wait, and that the rate is the same', () => {
    const verdict = only(both, [...three(inline, waitsInline, 245), ...three(offload, waitsOffload, 246)]);
    assert.equal(
      verdict.sentence,
      "bun: at 325 req/s (1.3 × the ceiling), inline made requests wait 884 ms of 888 ms in the kernel's accept queue (mean 152 connections, limit 512); offload with 1 worker moved the wait inside: 0 ms there, 801 ms in the offload queue. Both completed the same rate: 247 and 248 req/s (ratio 1.00, n = 3).",
    );
  });

  it('names both places when a runtime accepts ahead, the longer wait first', () => {
    const { run, replicates } = aStory(['deno']);
    const { sentence } = only(run.cells, replicates);
    assert.match(
      sentence,
      /wait 546 ms of 894 ms in the process and 344 ms in the kernel's accept queue \(mean 45/,
    );
  });

  it('has one answer a runtime', () => {
    const { run, replicates } = aStory();
    const subjects = waitAnswers(toContext(run, replicates)).answers.map(({ subject }) => subject);
    assert.deepEqual(subjects, ['node', 'bun', 'deno']);
  });

  it('says who completed more, and by how much, when rates differ', () => {
    const gone = { acceptQueue: 0, offloadQueue: 2, work: 4, process: 1 };
    const { sentence } = only(both, [...three(inline, waitsInline, 245), ...three(offload, gone, 322)]);
    assert.match(
      sentence,
      /took most of the wait away: 0 ms there, 2 ms in the offload queue and 1 ms in the process \(response 888 to 7\.40 ms\)/,
    );
    assert.match(sentence, /completed more requests than inline: 324 against 247 req\/s \(ratio 1\.31/);
    assert.doesNotMatch(sentence, /same rate/);
    const slower = only(both, [...three(inline, waitsInline, 245), ...three(offload, waitsOffload, 200)]);
    assert.match(slower.sentence, /completed fewer requests than inline: 202 against 247/);
  });

  it('does not decide on a rate when the blocks do not agree', () => {
    const rates = [246, 300, 247].map((completed, i) =>
      aValid(offload, i + 1, aMeasurement(offload, waitsOffload, { completed })),
    );
    const { sentence } = only(both, [...three(inline, waitsInline, 245), ...rates]);
    assert.match(
      sentence,
      /same rate is inconclusive, as the blocks do not agree: .* \(ratio 1\.00, 1\.00 to 1\.21, n = 3\)/,
    );
  });

  it('says so when offloading left the wait, or moved a part of it', () => {
    const left = { acceptQueue: 860, offloadQueue: 10, work: 4, process: 1 };
    const part = { acceptQueue: 400, offloadQueue: 400, work: 4, process: 1 };
    const verdict = (waits: Waits) =>
      only(both, [...three(inline, waitsInline, 245), ...three(offload, waits, 246)]).sentence;
    assert.match(verdict(left), /left the wait in the accept queue: 860 ms there/);
    assert.match(verdict(part), /moved part of the wait: 400 ms there, 400 ms in the offload queue/);
  });

  it('says when no cell is above the ceiling, and that nothing waited', () => {
    const cells = [aCalmCell(), aCalmCell({ topology: 'offload' })];
    const calm = { acceptQueue: 0.05, work: 4, process: 0.2 };
    const verdict = only(
      cells,
      cells.flatMap((cell) => three(cell, calm, 173)),
    );
    assert.match(
      verdict.sentence,
      /at 175 req\/s \(0\.7 × the ceiling\), inline hardly made requests wait: 4 ms of 4\.65 ms is the work/,
    );
    assert.match(verdict.sentence, /No cell of it is above its ceiling/);
  });

  it('is inconclusive, with the reason, when one of the two has no valid replicate', () => {
    const lag = { gate: 'scheduling-lag', reason: 'p99 ≤ 10 ms; got 12' };
    const replicates = [1, 2].map((block) => anInvalid(offload, block, [lag]));
    const verdict = only(both, [...three(inline, waitsInline, 245), ...replicates]);
    assert.equal(verdict.state, 'inconclusive');
    assert.match(
      verdict.sentence,
      /^bun: inconclusive: offload with 1 worker has no valid replicate \(2 × invalid: scheduling-lag, p99 ≤ 10 ms; got 12\)/,
    );
    assert.match(verdict.sentence, /What there is: at 325 req\/s .* 884 ms/);
  });

  it('is inconclusive when nothing ran, or all of it failed', () => {
    assert.match(only(both, []).sentence, /inconclusive: inline has no valid replicate \(none was run\)/);
    const failed = only(both, [aFailed(inline, 1, 'EADDRINUSE'), aFailed(offload, 1, 'EADDRINUSE')]);
    assert.match(failed.sentence, /\(failed: EADDRINUSE\)/);
  });

  it('says which topology the run does not have', () => {
    const { sentence } = only([inline], three(inline, waitsInline, 245));
    assert.match(sentence, /The run has no offload cell of it, so inline and offload are not compared/);
    assert.match(sentence, /bun completed 247 req\/s \(n = 3\)/);
    const neither = aCell({ topology: 'reuseport', workers: 2 });
    assert.match(
      only([neither], three(neither, waitsInline, 245)).sentence,
      /reuseport with 2 loops made requests wait/,
    );
  });

  it('takes the highest load of each topology', () => {
    const calm = aCalmCell();
    const replicates = [
      ...three(calm, { acceptQueue: 0.05, work: 4, process: 0.2 }, 173),
      ...three(inline, waitsInline, 245),
      ...three(offload, waitsOffload, 246),
    ];
    assert.match(only([calm, ...both], replicates).sentence, /^bun: at 325 req\/s/);
  });

  it('compares rates at equal offered load only', () => {
    const twice = aCell({ topology: 'offload', workers: 2, rate: 650 });
    const { sentence } = only(
      [inline, twice],
      [...three(inline, waitsInline, 245), ...three(twice, waitsOffload, 490)],
    );
    assert.match(
      sentence,
      /at 650 req\/s \(1\.3 × the ceiling\) offload with 2 workers made requests wait 801 ms/,
    );
    assert.match(sentence, /were offered different rates, so what they completed .* is not compared/);
  });

  it('says when the accept queue was not measured', () => {
    const blind = { acceptQueue: null, work: 4, process: 900 };
    const { sentence } = only(both, [...three(inline, blind, 245), ...three(offload, waitsOffload, 246)]);
    assert.match(sentence, /the accept queue was not measured/);
  });

  it('answers apart for what the run varies', () => {
    const shared = aCell({ api: 'node-http' });
    const { answers } = waitAnswers(toContext(aRun([inline, shared]), []));
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
      waitAnswers(toContext(run, some)).headline,
      'Offloading moved the wait from the accept queue inside the process (node, bun); inconclusive (deno).',
    );
    assert.equal(waitAnswers(toContext(aRun([]), [])).headline, 'No cell, so no verdict.');
  });
});
