import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ReportInput, toReportModel } from './model/report-model.ts';
import { renderTerminal as renderModel, type TerminalOptions } from './terminal.ts';
import { anyRun } from './testing/arbitrary.ts';
import { aCell, aFailed, aMeasurement, anInvalid, aRun, aValid } from './testing/builders.ts';
import { aStory } from './testing/story.ts';

const renderTerminal = ({ run, replicates, ...options }: ReportInput & TerminalOptions) =>
  renderModel(toReportModel({ run, replicates }), options);

const esc = '\u001b';
const widest = (text: string) => Math.max(...text.split('\n').map((line) => [...line].length));
const row = (text: string, ...words: string[]) =>
  text.split('\n').find((line) => words.every((word) => line.includes(word))) ?? '';

describe('renderTerminal', () => {
  const story = aStory();
  const plain = renderTerminal({ ...story, color: false });

  it('shows rates and where requests wait, with n', () => {
    assert.match(
      row(plain, 'bun', 'inline', '325'),
      /^bun +inline +3 +325 +247 \(246–248\) +246 \(245–247\) +152 +304\/512$/,
    );
    assert.match(row(plain, 'node', 'offload w1', '801'), /^node +offload w1 +3 +806 +0\.02 +1 +801 +4 +–$/);
    assert.match(row(plain, 'deno', 'inline', '344'), /^deno +inline +3 +894 +344 +546 +– +4 +–$/);
  });

  it('has a unit under each column', () => {
    const lines = plain.split('\n');
    const head = lines.findIndex((line) => line.includes('completed') && line.includes('runtime'));
    assert.match(lines[head + 1] ?? '', /^ +req\/s +conn\/s +req\/s +mean +conn$/);
  });

  it('says the answer for each runtime, and where the results are', () => {
    assert.equal(plain.replaceAll(/\s+/g, ' ').match(/the wait moved inside/g)?.length, 3);
    assert.match(plain, /18 replicates: 18 valid, 0 invalid, 0 failed\./);
    assert.match(plain, /\nResults: results\/2026-11-23-120000-accept-queue\n$/);
    assert.match(
      renderTerminal({ ...story, color: false, resultsPath: 'else/where' }),
      /Results: else\/where/,
    );
  });

  it('lists what does not count, with the reasons, and keeps its cell in the table', () => {
    const cell = aCell({ runtime: 'node' });
    const reasons = [{ gate: 'samples', reason: 'late or missing kernel samples < 5 %; got 9' }];
    const replicates = [aFailed(cell, 1, 'EADDRINUSE'), anInvalid(cell, 2, reasons)];
    const text = renderTerminal({ run: aRun([cell]), replicates, color: false });
    assert.match(
      text,
      /✗ failed: node-native-inline-w1-close-wasm-1\.3x, block 1\n {2}while in phase ready: EADDRINUSE/,
    );
    assert.match(text, /✗ invalid: .*, block 2\n {2}samples: late or missing kernel samples < 5 %; got 9/);
    assert.match(row(text, 'node', 'inline', '325'), /^node +inline +0 +325 +– +– +– +–$/);
    assert.match(text, /The run has 2 of 3 planned replicates: it ended early\./);
  });

  it('shows overflows when there are some', () => {
    const cell = aCell();
    const measurement = aMeasurement(cell);
    assert.ok(measurement.acceptQueue !== null);
    const acceptQueue = { ...measurement.acceptQueue, overflows: 37 };
    const replicates = [aValid(cell, 1, { ...measurement, acceptQueue })];
    const text = renderTerminal({ run: aRun([cell]), replicates, color: false });
    assert.match(row(text, 'bun', '37'), /^bun +inline +1 +[\d.]+ +37 +[\d.]+ +0$/);
  });

  it('says that there is no isolation, and why', () => {
    const run = aRun([], { isolation: { mode: 'none', reason: 'unshare is not permitted' } });
    assert.match(
      renderTerminal({ run, replicates: [], color: false }),
      /! Not isolated \(unshare is not permitted\)/,
    );
  });

  it('uses colour only when asked', () => {
    assert.ok(!plain.includes(esc));
    const coloured = renderTerminal({ ...story, color: true });
    assert.ok(coloured.includes(esc));
    const stripped = coloured.replaceAll(new RegExp(`${esc}\\[\\d+m`, 'g'), '');
    assert.equal(stripped.replaceAll(/ +\n/g, '\n'), plain);
  });

  it('stays within 80 columns, with nothing but finite figures, whatever was measured', () => {
    fc.assert(
      fc.property(anyRun, (any) => {
        const text = renderTerminal({ ...any, color: false });
        assert.ok(widest(text) <= 80, text);
        assert.doesNotMatch(text, /NaN|undefined|Infinity|null|\[object/);
      }),
    );
  });

  it('takes any text from a server or a user: no control character, no wide line', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom(
        '\u001b[2J\u001b]0;x\u0007',
        'a\r\nb',
        '\u202egnp.exe',
        '\ud800',
        'x'.repeat(9000),
        '\u009b31m',
      ),
    );
    fc.assert(
      fc.property(hostile, hostile, (error, reason) => {
        const cell = aCell({ runtime: error });
        const replicates = [aFailed(cell, 1, error), anInvalid(cell, 2, [{ gate: reason, reason }])];
        const run = aRun([cell], { isolation: { mode: 'none', reason }, id: error });
        const text = renderTerminal({ run, replicates, color: false, resultsPath: reason });
        assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Cs}]/u);
        assert.ok(widest(text) <= 80);
      }),
    );
  });

  it('fits a narrower and a wider terminal', () => {
    assert.ok(widest(renderTerminal({ ...story, color: false, width: 50 })) <= 50);
    assert.ok(widest(renderTerminal({ ...story, color: false, width: 120 })) <= 120);
  });
});
