import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseProcessStat, parseRss, readSchedstat } from './processStat.ts';

const schedstat = (text: string) => readSchedstat(Buffer.from(text, 'latin1'), text.length);

test('reads /proc/<pid>/stat, whatever the command is called', () => {
  const stat = (command: string) =>
    `42 (${command}) S 7 42 42 0 -1 4194560 5061 900 0 0 150 25 40 10 20 0 11 0 31337 1270000 15000 1844 1 1 0 0`;
  const expected = { ppid: 7, ownSeconds: 1.75, reapedSeconds: 0.5, threads: 11, startTicks: 31337 };
  assert.deepEqual(parseProcessStat(stat('node')), expected);
  assert.deepEqual(parseProcessStat(stat('a) R 1 (b')), expected);
  assert.equal(parseProcessStat('42 (node) S 7'), null);
});

test('reads schedstat in ns', () => {
  assert.deepEqual(schedstat('1500000000 250000000 3\n'), [1.5, 0.25]);
  assert.deepEqual(schedstat('0 0 0\n'), [0, 0]);
  for (const text of ['', '15', '15 25', ' 25 3\n', '15  3\n', '15 x 3\n', 'x 25 3\n']) {
    assert.equal(schedstat(text), null, text);
  }
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.nat(), fc.nat(), (ran, waited, slices) => {
      const [cpuNs, queueNs] = [Math.abs(ran), waited];
      assert.deepEqual(schedstat(`${cpuNs} ${queueNs} ${slices}\n`), [cpuNs / 1e9, queueNs / 1e9]);
    }),
  );
});

test('reads resident memory', () => {
  assert.equal(parseRss('Name:\tnode\nVmRSS:\t   2048 kB\n'), 2_097_152);
  assert.equal(parseRss('Name:\tkthreadd\n'), null);
});

test('garbage never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
      parseProcessStat(text);
      schedstat(text);
    }),
  );
});
