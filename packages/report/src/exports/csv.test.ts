import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { anyRun } from '../testing/arbitrary.ts';
import { aCell, aFailed, aMeasurement, anInvalid, aRun, aValid } from '../testing/builders.ts';
import { csvColumns, renderCsv } from './csv.ts';

type Line = Record<string, string>;
/** Another's reader, told of RFC 4180's line ends only. */
const read = (csv: string): Line[] => parse(csv, { columns: true, recordDelimiter: '\r\n' });

const cell = aCell();

describe('renderCsv', () => {
  it('has a line for each replicate, with figures to the last digit', () => {
    fc.assert(
      fc.property(anyRun, ({ run, replicates }) => {
        const lines = read(renderCsv(run, replicates));
        assert.equal(lines.length, replicates.length);
        for (const [index, replicate] of replicates.entries()) {
          const line = lines[index] ?? {};
          assert.equal(line.cell, replicate.cell.id);
          assert.equal(line.outcome, replicate.outcome);
          const isValid = replicate.outcome === 'valid';
          assert.equal(line.completed_per_s, isValid ? String(replicate.rates.completedPerSecond) : '');
          const accepted = isValid ? replicate.rates.acceptedPerSecond : null;
          assert.equal(line.accepted_per_s, accepted === null ? '' : String(accepted));
        }
      }),
    );
  });

  it('gives no figure of a replicate that does not count, and says why', () => {
    const [line = {}] = read(
      renderCsv(aRun([cell]), [anInvalid(cell, 1, [{ gate: 'steal', reason: 'a "reason", of sorts' }])]),
    );
    assert.equal(line.why, 'steal: a "reason", of sorts');
    const names = csvColumns.map(({ name }) => name);
    for (const name of names.slice(names.indexOf('accepted_per_s'))) assert.equal(line[name], '', name);
  });

  it('keeps what a server wrote a text: one field, one line, no formula, no control character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (error) => {
        const csv = renderCsv(aRun([cell], { name: error }), [aFailed(cell, 1, error)]);
        const [line = {}] = read(csv);
        assert.deepEqual(
          Object.keys(line),
          csvColumns.map(({ name }) => name),
        );
        assert.doesNotMatch(line.run_name ?? '', /^[=+\-@]|\p{Cc}/u);
      }),
    );
    for (const error of ['=cmd|x!A1', '+1', '-1', '@SUM(A1)', '\t=1']) {
      const [line = {}] = read(renderCsv(aRun([cell], { name: error }), [aFailed(cell, 1, error)]));
      assert.equal(line.run_name, `'${error.trim()}`);
    }
  });

  it('leaves a negative figure a figure', () => {
    const valid = aValid(cell, 1, aMeasurement(cell, { acceptQueue: 884, process: -0.4, work: 4 }));
    assert.equal(read(renderCsv(aRun([cell]), [valid]))[0]?.stage_process_ms, '-0.4');
  });

  it('has every column documented', () => {
    assert.equal(new Set(csvColumns.map(({ name }) => name)).size, csvColumns.length);
    const docs = readFileSync(new URL('../../../../docs/exports.md', import.meta.url), 'utf8');
    const rows = docs.split('\n').filter((line) => /^\| `[a-z][a-z0-9_]*` \| /.test(line));
    assert.deepEqual(
      rows,
      csvColumns.map(({ name, says }) => `| \`${name}\` | ${says} |`),
    );
  });
});
