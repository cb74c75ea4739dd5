import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { momentsOriginMs } from './catalogue.ts';
import { createExposition, type ExpositionSource } from './exposition.ts';
import { allocateMetrics } from './layout.ts';
import { joinSlots, writeSlots } from './merge.ts';
import { Recorder } from './recorder.ts';

const source = (memory: SharedArrayBuffer, names: readonly string[]): ExpositionSource => ({
  memory,
  threads: names.map((name) => ({ name, writes: ['accept', 'serve', 'compute'] as const })),
  connectionHook: true,
  info: { runtime: 'node' },
});

const durations = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { maxLength: 20 });

test('processes joined by their slots show what one with all of their threads shows', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(durations, { minLength: 1, maxLength: 4 }), durations, async (members, own) => {
      const names = ['primary', ...members.map((_, index) => `accept-${index}`)];
      const one = allocateMetrics(names.length);
      const texts: string[] = [];
      const record = (memory: SharedArrayBuffer, thread: number, seconds: readonly number[]) => {
        const recorder = new Recorder(memory, thread);
        for (const value of seconds) {
          recorder.connectionAccepted(momentsOriginMs + value);
          recorder.requestFinished(value > 1 ? 503 : 200, momentsOriginMs, momentsOriginMs + value * 1000);
        }
      };
      const primary = allocateMetrics(1);
      for (const [memory, thread] of [
        [one, 0],
        [primary, 0],
      ] as const)
        record(memory, thread, own);
      for (const [index, seconds] of members.entries()) {
        const memory = allocateMetrics(1);
        record(memory, 0, seconds);
        record(one, index + 1, seconds);
        texts.push(writeSlots(source(memory, [`accept-${index}`])));
      }
      for (const accept of [undefined, 'application/openmetrics-text']) {
        const joined = createExposition(joinSlots(source(primary, ['primary']), texts));
        assert.deepEqual(
          await joined.render(accept),
          await createExposition(source(one, names)).render(accept),
        );
      }
    }),
  );
});

test('a text that is something else is an error', () => {
  const own = source(allocateMetrics(0), []);
  assert.throws(() => joinSlots(own, ['try /metrics\n']), SyntaxError);
  assert.throws(() => joinSlots(own, ['{}']), TypeError);
  assert.throws(() => joinSlots(own, [`[{"slot":[${'0,'.repeat(10_000)}0]}]`]), RangeError);
});
