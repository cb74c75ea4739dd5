import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderMarkdown } from '../markdown.ts';
import { renderTerminal } from '../terminal.ts';
import { aBook, aCell, aFailed, aMeasurement, anInvalid, aRun, aValid } from '../testing/builders.ts';
import { booksInWords, toLawSummaries } from './books.ts';
import { type ReportModel, toReportModel } from './report-model.ts';

const cell = aCell();
const withBooks = (block: number, ...books: ReturnType<typeof aBook>[]) =>
  aValid(cell, block, aMeasurement(cell, undefined, { books }));

const tableOf = (model: ReportModel, id: string) => {
  const blocks = model.sections.flatMap((section) => section.blocks);
  const found = blocks.find((block) => block.kind === 'table' && block.table.id === id);
  assert.ok(found?.kind === 'table', `there is no table ${id}`);
  return found;
};

describe('the books over replicates', () => {
  const replicates = [
    withBooks(1, aBook('connections-opened', 3250, 3250), aBook('stages', 900, 899, 45)),
    withBooks(2, aBook('connections-opened', 3250, 3249), aBook('stages', 880, 884, 44)),
    withBooks(3, aBook('stages', 8, 7.5, 1)),
    aFailed(cell, 4, 'it did not start'),
  ];

  it('has each law once, with the worst entry relative to its tolerance', () => {
    const [opened, stages, ...others] = toLawSummaries(replicates);
    assert.deepEqual(others, []);
    assert.deepEqual([opened?.law, opened?.checked, opened?.holding], ['connections-opened', 2, 1]);
    assert.equal(opened?.worst.residual, 1);
    // 0.5 of 1 ms is more than 4 of 44 ms.
    assert.deepEqual([stages?.checked, stages?.holding, stages?.worst.residual], [3, 3, 0.5]);
  });

  it('counts the entries of an invalid replicate too: they say why', () => {
    const measurement = aMeasurement(cell, undefined, { books: [aBook('requests', 10, 9)] });
    const [requests] = toLawSummaries([
      anInvalid(cell, 1, [{ gate: 'requests-add-up', reason: '' }], measurement),
    ]);
    assert.equal(requests?.holding, 0);
  });

  it('is one line: which laws do not hold, or that all do', () => {
    assert.deepEqual(booksInWords(replicates), [
      "The books do not close: connections-opened in 1 of 2; the stages miss k6's mean by 0.50 ms of 8 at worst.",
    ]);
    assert.deepEqual(booksInWords([withBooks(1, aBook('requests', 3, 3))]), [
      'The books close: 1 law, each in all replicates.',
    ]);
    assert.deepEqual(booksInWords([aFailed(cell, 1, '')]), []);
  });

  it('is in the Markdown report, and a line in the terminal; the residuals of each replicate are in the model', () => {
    const model = toReportModel({ run: aRun([cell]), replicates });
    const page = renderMarkdown(model, { pictures: null });
    assert.match(page, /Do the books close\?/);
    assert.match(page, /\| connections-opened \|[^\n]*✗ 1\/2 \| +1 \| +3250 \| +3249 \|/);
    assert.match(page, /\| stages +\|[^\n]*✓ 3\/3 \| +0\.50 \| +8 \| +7\.50 \|/);
    assert.match(renderTerminal(model, { color: false }), /\nThe books do not close: connections-opened/);
    const { table } = tableOf(model, 'residuals');
    assert.deepEqual(
      table.rows[1]?.slice(1).map(({ text }) => text),
      ['2', 'valid', '1 ✗', '-4'],
    );
  });

  it('shows each listener where there are several', () => {
    const reuseport = aCell({ topology: 'reuseport', workers: 2, listeners: 2 });
    const { acceptQueue } = aMeasurement(reuseport);
    assert.ok(acceptQueue !== null);
    const [one] = acceptQueue.listeners;
    assert.ok(one !== undefined);
    const listeners = [one, { ...one, inode: 2, mean: 7, max: 19 }];
    const measurement = aMeasurement(reuseport, undefined, { acceptQueue: { ...acceptQueue, listeners } });
    const model = toReportModel({ run: aRun([reuseport]), replicates: [aValid(reuseport, 1, measurement)] });
    const { table } = tableOf(model, 'listeners');
    assert.deepEqual(
      table.rows[1]?.slice(2, 6).map(({ text }) => text),
      ['127.0.0.1:8080 #2', '7', '19', '512'],
    );
    const without = toReportModel({ run: aRun([cell]), replicates });
    assert.ok(without.sections.every(({ id }) => id !== 'balance'));
  });
});
