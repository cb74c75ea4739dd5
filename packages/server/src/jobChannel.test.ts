import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { allocateJobChannel, OwnerEnd, WorkerEnd } from './jobChannel.ts';

function setUp() {
  const memory = allocateJobChannel();
  const owner = new OwnerEnd(memory);
  const hand = (queuedAt: number) => {
    owner.submit(queuedAt);
    owner.announce();
  };
  return { owner, hand, worker: new WorkerEnd(memory) };
}

test('jobs and outcomes come out at the other end as they went in, in order', () => {
  const { owner, hand, worker } = setUp();
  assert.equal(worker.take(), undefined);
  hand(1_700_000_000_000.125);
  hand(2);
  assert.equal(owner.held, 2);
  assert.equal(owner.begun, 0);
  assert.equal(worker.take(), 1_700_000_000_000.125);
  worker.begin();
  assert.equal(owner.begun, 1);
  assert.equal(owner.collect(), undefined);
  worker.end('done', '{"a":1}');
  assert.deepEqual(owner.collect(), { state: 'done', body: '{"a":1}' });
  assert.equal(owner.collect(), undefined);
  assert.equal(owner.held, 1);
  assert.equal(worker.take(), 2);
  worker.begin();
  worker.end('failed', 'it threw');
  assert.deepEqual(owner.collect(), { state: 'failed', error: 'it threw' });
  assert.equal(owner.held, 0);
  assert.equal(worker.take(), undefined);
});

test('a third job is refused: a worker holds at most one ahead', () => {
  const { owner, hand, worker } = setUp();
  hand(1);
  hand(2);
  assert.throws(() => hand(3), RangeError);
  worker.take();
  worker.begin();
  worker.end('done', '');
  // Its place is taken until the outcome is collected.
  assert.throws(() => hand(3), RangeError);
  owner.collect();
  hand(3);
});

test('any text of Latin-1 arrives; what does not fit is a failure that says so', () => {
  const exchange = (text: string) => {
    const { owner, hand, worker } = setUp();
    hand(0);
    worker.take();
    worker.begin();
    worker.end('done', text);
    return owner.collect();
  };
  const latin = fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
    maxLength: 1024,
  });
  fc.assert(fc.property(latin, (body) => assert.deepEqual(exchange(body), { state: 'done', body })));
  for (const text of ['x'.repeat(1025), 'ä€']) {
    assert.deepEqual(exchange(text), {
      state: 'failed',
      error: `a text of ${text.length} characters does not fit`,
    });
  }
});

test('the owner is called once for what ends before it comes, and again for what ends after', () => {
  const { owner, hand, worker } = setUp();
  const doOne = () => {
    hand(0);
    worker.take();
    worker.begin();
    return worker.end('done', '');
  };
  assert.equal(doOne(), true);
  assert.equal(doOne(), false);
  owner.answerCall();
  owner.collect();
  owner.collect();
  assert.equal(doOne(), true);
});

test('a thread that sleeps is woken by a job, and does each of many in order', async () => {
  const memory = allocateJobChannel();
  const owner = new OwnerEnd(memory);
  const thread = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     import(workerData.module).then(({ WorkerEnd }) => {
       const end = new WorkerEnd(workerData.memory);
       for (;;) {
         const job = end.take();
         if (job === undefined) { end.wait(); continue; }
         end.begin();
         if (end.end('done', String(job))) parentPort.postMessage('ended');
       }
     });`,
    { eval: true, workerData: { memory, module: new URL('./jobChannel.ts', import.meta.url).href } },
  );
  try {
    const total = 2_000;
    const bodies: string[] = [];
    let submitted = 0;
    await new Promise<void>((resolve, reject) => {
      const fill = () => {
        while (owner.held < 2 && submitted < total) {
          submitted += 1;
          owner.submit(submitted);
        }
        owner.announce();
      };
      thread.on('error', reject);
      thread.on('message', () => {
        owner.answerCall();
        for (let outcome = owner.collect(); outcome !== undefined; outcome = owner.collect()) {
          bodies.push(outcome.state === 'done' ? outcome.body : outcome.state);
        }
        if (bodies.length === total) resolve();
        else fill();
      });
      fill();
    });
    assert.deepEqual(
      bodies,
      Array.from({ length: total }, (_, index) => String(index + 1)),
    );
  } finally {
    await thread.terminate();
  }
});
