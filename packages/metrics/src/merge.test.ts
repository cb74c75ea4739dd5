import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExposition } from './exposition.ts';
import { allocateMetrics } from './layout.ts';
import { mergeExpositions } from './merge.ts';
import { parseExposition } from './parse.ts';
import { Recorder } from './recorder.ts';

async function textOf(thread: string, requests: number): Promise<string> {
  const memory = allocateMetrics(1);
  const recorder = new Recorder(memory, 0);
  for (let request = 0; request < requests; request += 1) {
    recorder.requestStarted();
    recorder.requestFinished(200, 0.004);
  }
  const source = {
    memory,
    threads: [{ name: thread, writes: ['accept'] as const }],
    connectionHook: false,
    info: {},
  };
  return (await createExposition(source).render(undefined)).text;
}

test('several processes read as one: every series is there, each metric stands in one block with one head', async () => {
  const merged = mergeExpositions(
    await Promise.all([textOf('accept-0', 3), textOf('accept-1', 5), textOf('accept-2', 0)]),
  );
  const values = parseExposition(merged);
  assert.equal(values.acceptbench_requests_started_total, 8);
  assert.equal(values.http_server_request_duration_seconds_count, 8);
  const heads = merged.split('\n').filter((line) => line.startsWith('# TYPE '));
  assert.equal(new Set(heads).size, heads.length);
  let current = '';
  for (const line of merged.split('\n')) {
    if (line.startsWith('# TYPE ')) current = line.split(' ')[2] ?? '';
    else if (line !== '' && !line.startsWith('#'))
      assert.ok(line.startsWith(current), `${line} under ${current}`);
  }
});

test('OpenMetrics stays OpenMetrics: one end, no blank line', async () => {
  const memory = allocateMetrics(1);
  const source = {
    memory,
    threads: [{ name: 'a', writes: ['accept'] as const }],
    connectionHook: false,
    info: {},
  };
  const { text } = await createExposition(source).render('application/openmetrics-text');
  const merged = mergeExpositions([text, text]);
  assert.equal(merged.split('# EOF').length, 2);
  assert.ok(merged.endsWith('# EOF\n'));
  assert.doesNotMatch(merged, /\n\n/);
});

test('a series that comes twice is kept once', async () => {
  const text = await textOf('accept-0', 2);
  assert.equal(parseExposition(mergeExpositions([text, text])).acceptbench_requests_started_total, 2);
});
