import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operatorArguments } from './segments.ts';

test('three runners share the arrivals as the operator has them share', () => {
  const segments = [1, 2, 3].map((runner) => operatorArguments(runner, 3, 'a').slice(0, 2));
  const sequence = '--execution-segment-sequence=0,1/3,2/3,1';
  assert.deepEqual(segments, [
    ['--execution-segment=0:1/3', sequence],
    ['--execution-segment=1/3:2/3', sequence],
    ['--execution-segment=2/3:1', sequence],
  ]);
});

test('one runner has tags and no segment, and there is no fourth of three', () => {
  assert.deepEqual(operatorArguments(1, 1, 'a'), ['--tag', 'instance_id=1', '--tag', 'testrun_name=a']);
  for (const [runner, runners] of [
    [0, 3],
    [4, 3],
    [1.5, 3],
    [1, 0],
  ] as const) {
    assert.throws(() => operatorArguments(runner, runners, 'a'), /there is no runner/);
  }
});
