import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocateMetrics } from '@acceptbench/metrics/layout';
import { Recorder } from '@acceptbench/metrics/recorder';
import { readScalar, readTotals } from '@acceptbench/metrics/snapshot';
import * as fc from 'fast-check';
import { WorkerEnd } from './jobChannel.ts';
import { type Job, type JobOutcome, OffloadQueue } from './offloadQueue.ts';
import type { ThreadHandle } from './platform.ts';
import type { CpuMessage } from './protocol.ts';

/**
 * A worker without a thread: it takes what is in its channel, begins one job at a time, and ends it when the test says so.
 * The test's clock counts, so that the time when a job was queued is its number.
 */
class FakeWorker implements ThreadHandle {
  terminated = false;
  readonly #end: WorkerEnd;
  readonly #taken: number[] = [];
  #onMessage: ((message: unknown) => void) | undefined;
  #onExit: ((reason: string) => void) | undefined;

  constructor(channel: SharedArrayBuffer) {
    this.#end = new WorkerEnd(channel);
  }

  post(): void {
    assert.fail('a worker gets its jobs by its channel');
  }
  onMessage(handler: (message: unknown) => void): void {
    this.#onMessage = handler;
  }
  onExit(handler: (reason: string) => void): void {
    this.#onExit = handler;
  }
  terminate(): void {
    this.terminated = true;
  }
  say(message: CpuMessage): void {
    this.#onMessage?.(message);
  }
  /** The jobs it has, oldest first; the first is begun. */
  get given(): readonly number[] {
    for (let job = this.#end.take(); job !== undefined; job = this.#end.take()) {
      this.#taken.push(job);
      if (this.#taken.length === 1) this.#end.begin();
    }
    return this.#taken;
  }
  /** Ends the job it has begun, begins the next, and says nothing of it: what a thread does that its owner is to hear later. */
  end(ending: 'done' | 'failed' = 'done'): boolean {
    assert.ok(this.given.length > 0, 'the worker has a job');
    const job = this.#taken.shift();
    const call = this.#end.end(ending, ending === 'done' ? `body ${job}` : 'it threw');
    if (this.#taken.length > 0) this.#end.begin();
    return call;
  }
  /** Ends the job it has begun and calls its owner. */
  finish(ending: 'done' | 'failed' = 'done'): void {
    assert.ok(this.end(ending), 'the owner has answered every call before');
    this.say({ kind: 'ended' });
  }
  die(reason = 'out of memory'): void {
    void this.given;
    this.#onExit?.(reason);
  }
}

interface Submitted {
  readonly id: number;
  readonly job: Job;
  readonly outcomes: JobOutcome[];
}

function setUp({ workers = 1, limit = null as number | null, ready = true } = {}) {
  const memory = allocateMetrics(1);
  const started: FakeWorker[] = [];
  const current: FakeWorker[] = [];
  const fatal: string[] = [];
  let lastId = 0;
  const queue = new OffloadQueue({
    workers,
    limit,
    recorder: new Recorder(memory, 0),
    now: () => lastId + 1,
    onFatal: (message) => void fatal.push(message),
    startWorker(index, channel) {
      const worker = new FakeWorker(channel);
      started.push(worker);
      current[index] = worker;
      return worker;
    },
  });
  if (ready) for (const worker of current) worker.say({ kind: 'ready' });
  const submit = (): Submitted | 'shed' => {
    const outcomes: JobOutcome[] = [];
    const job = queue.submit((outcome) => void outcomes.push(outcome));
    if (job === 'shed') return 'shed';
    lastId += 1;
    return { id: lastId, job, outcomes };
  };
  const take = (): Submitted => {
    const submitted = submit();
    assert.ok(submitted !== 'shed', 'the queue takes the job');
    return submitted;
  };
  const worker = (index = 0): FakeWorker => {
    const found = current[index];
    assert.ok(found !== undefined);
    return found;
  };
  const totals = () => readTotals(memory, 1);
  const shownLength = () => readScalar(memory, 0, 'offloadQueueLength');
  return { queue, started, fatal, submit, take, worker, totals, shownLength };
}

const idsOf = (worker: FakeWorker) => [...worker.given];

test('jobs are done first in, first out, and a worker holds at most one ahead', () => {
  const { queue, take, worker } = setUp();
  const jobs = [take(), take(), take(), take()];
  assert.deepEqual(idsOf(worker()), [1, 2]);
  assert.equal(queue.length, 3);
  worker().finish();
  assert.deepEqual(idsOf(worker()), [2, 3]);
  worker().finish();
  worker().finish();
  worker().finish();
  assert.deepEqual(
    jobs.map(({ outcomes }) => outcomes),
    [1, 2, 3, 4].map((id) => [{ state: 'done', body: `body ${id}` }]),
  );
  assert.equal(queue.length, 0);
});

test('a free worker comes before a place ahead at a busy one', () => {
  const { take, worker } = setUp({ workers: 2 });
  for (let job = 0; job < 5; job += 1) take();
  assert.deepEqual(idsOf(worker(0)), [1, 3]);
  assert.deepEqual(idsOf(worker(1)), [2, 4]);
});

test('jobs wait for workers that are not ready; ready resolves when all are', async () => {
  const { queue, take, worker } = setUp({ workers: 2, ready: false });
  take();
  assert.deepEqual(idsOf(worker(0)), []);
  worker(1).say({ kind: 'ready' });
  assert.deepEqual(idsOf(worker(1)), [1]);
  const first = await Promise.race([queue.ready.then(() => 'ready'), Promise.resolve('not yet')]);
  assert.equal(first, 'not yet');
  worker(0).say({ kind: 'ready' });
  await queue.ready;
});

test('an abandoned job that waits is never given to a worker, and is counted once', () => {
  const { queue, take, worker, totals } = setUp();
  take();
  take();
  const third = take();
  const fourth = take();
  third.job.abandon();
  third.job.abandon();
  assert.equal(queue.length, 2);
  worker().finish();
  assert.deepEqual(idsOf(worker()), [2, 4]);
  worker().finish();
  worker().finish();
  assert.deepEqual(third.outcomes, []);
  assert.deepEqual(fourth.outcomes, [{ state: 'done', body: 'body 4' }]);
  assert.equal(totals().abandoned, 1);
});

test('an abandoned job at a worker runs out unheard, and the next is still served', () => {
  const { take, worker, totals } = setUp();
  const first = take();
  const second = take();
  first.job.abandon();
  worker().finish();
  worker().finish();
  assert.deepEqual(first.outcomes, []);
  assert.equal(second.outcomes.length, 1);
  second.job.abandon();
  assert.equal(totals().abandoned, 0, 'only a job that waited is dropped from the queue');
});

test('with a limit, what would wait in excess is shed; a free worker takes one whatever the limit', () => {
  const { submit, take, worker, totals } = setUp({ limit: 1 });
  take();
  const second = take();
  assert.equal(submit(), 'shed');
  assert.equal(submit(), 'shed');
  assert.equal(totals().shed, 2);
  second.job.abandon();
  worker().finish();
  worker().finish();
  take();
  assert.deepEqual(idsOf(worker()), [3]);
});

test('a job that throws fails alone', () => {
  const { take, worker } = setUp();
  const first = take();
  const second = take();
  worker().finish('failed');
  worker().finish();
  assert.deepEqual(first.outcomes, [{ state: 'failed', error: 'it threw' }]);
  assert.deepEqual(second.outcomes, [{ state: 'done', body: 'body 2' }]);
});

test('when a worker dies the job it had begun fails, it is replaced and counted, and the others are served in order', () => {
  const { queue, take, worker, started, totals, fatal } = setUp();
  const begun = take();
  const ahead = take();
  const waiting = take();
  const dead = worker();
  dead.die();
  assert.deepEqual(begun.outcomes, [{ state: 'failed', error: 'the CPU worker died: out of memory' }]);
  assert.equal(totals().workerRestarts, 1);
  assert.equal(started.length, 2);
  assert.deepEqual([ahead.outcomes, waiting.outcomes], [[], []]);
  assert.equal(queue.length, 2);
  // Its last words come too late to be heard.
  dead.end();
  dead.say({ kind: 'ended' });
  dead.die();
  assert.equal(started.length, 2);
  worker().say({ kind: 'ready' });
  assert.deepEqual(idsOf(worker()), [2, 3]);
  worker().finish();
  worker().finish();
  assert.deepEqual(ahead.outcomes, [{ state: 'done', body: 'body 2' }]);
  assert.deepEqual(waiting.outcomes, [{ state: 'done', body: 'body 3' }]);
  assert.equal(queue.length, 0);
  assert.deepEqual(fatal, []);
});

test('what a worker ended before it died counts, though it did not come to call', () => {
  const { take, worker, totals } = setUp();
  const jobs = [take(), take(), take()];
  worker().end();
  worker().die();
  assert.deepEqual(
    jobs.map(({ outcomes }) => outcomes.map(({ state }) => state)),
    [['done'], ['failed'], []],
  );
  assert.equal(totals().workerRestarts, 1);
});

test('jobs given back by workers that die one after the other are in order of arrival again', () => {
  const { queue, take, worker } = setUp({ workers: 2 });
  for (let job = 0; job < 5; job += 1) take();
  worker(0).die();
  worker(1).die();
  assert.equal(queue.length, 3);
  worker(0).say({ kind: 'ready' });
  assert.deepEqual(idsOf(worker(0)), [3, 4]);
  worker(1).say({ kind: 'ready' });
  assert.deepEqual(idsOf(worker(1)), [5]);
});

test('a job ahead whose client has gone is dropped and counted when its worker dies', () => {
  const { queue, take, worker, totals } = setUp();
  take();
  const ahead = take();
  ahead.job.abandon();
  worker().die();
  assert.equal(totals().abandoned, 1);
  assert.equal(queue.length, 0);
  worker().say({ kind: 'ready' });
  assert.deepEqual(idsOf(worker()), []);
  assert.deepEqual(ahead.outcomes, []);
});

test('one call is answered for all that has ended by then', () => {
  const { take, worker } = setUp();
  const jobs = [take(), take(), take()];
  assert.equal(worker().end(), true);
  assert.equal(worker().end(), false, 'its owner has been called already');
  worker().say({ kind: 'ended' });
  assert.deepEqual(
    jobs.map(({ outcomes }) => outcomes.length),
    [1, 1, 0],
  );
  assert.equal(worker().end(), true, 'its owner has come, and is called anew');
});

test('what ends while the owner is at a call needs none of its own, on whichever worker', () => {
  const { queue, worker } = setUp({ workers: 2 });
  let settled = 0;
  for (let job = 0; job < 4; job += 1) {
    queue.submit(() => {
      settled += 1;
      if (settled === 1) {
        assert.equal(worker(0).end(), false, 'called already');
        assert.equal(worker(1).end(), true, 'its owner has not come for this one');
      }
    });
  }
  worker(0).finish();
  assert.equal(settled, 3);
  worker(1).say({ kind: 'ended' });
  assert.equal(worker(1).end(), true, 'nothing is lost: the next end calls again');
  assert.equal(settled, 3);
});

test('jobs that end as fast as they are told do not keep the owner for ever', () => {
  const { queue, worker } = setUp();
  let settled = 0;
  const again = () => {
    queue.submit(() => {
      settled += 1;
      again();
      worker().end();
    });
  };
  again();
  worker().finish();
  assert.ok(settled > 1 && settled < 100, `${settled} in one call`);
});

test('a worker that dies before it is ready is fatal, and is not replaced for ever', () => {
  const { worker, started, fatal, totals } = setUp({ ready: false });
  worker().die('no such file');
  assert.deepEqual(fatal, ['CPU worker 0 ended before it was ready: no such file']);
  assert.equal(started.length, 1);
  assert.equal(totals().workerRestarts, 0);
});

test('closing ends the workers, and that they end is no death', () => {
  const { queue, worker, started, fatal, totals } = setUp({ workers: 2 });
  queue.close();
  for (const index of [0, 1]) {
    assert.ok(worker(index).terminated);
    worker(index).die('terminated');
  }
  assert.equal(started.length, 2);
  assert.deepEqual(fatal, []);
  assert.equal(totals().workerRestarts, 0);
});

test('a queue that has grown long stays first in, first out', () => {
  const { queue, take, worker } = setUp();
  const order: number[] = [];
  const many = 5000;
  for (let id = 1; id <= many; id += 1) take();
  while (worker().given.length > 0) {
    order.push(worker().given[0] ?? Number.NaN);
    worker().finish();
  }
  assert.deepEqual(
    order,
    Array.from({ length: many }, (_, index) => index + 1),
  );
  assert.equal(queue.length, 0);
});

type Step = {
  readonly kind: 'submit' | 'abandon' | 'finish' | 'fail' | 'die' | 'ready';
  readonly which: number;
};

test('whatever happens in whatever order: each job ends once, in order of arrival, and no count drifts', () => {
  const step: fc.Arbitrary<Step> = fc.record({
    // Submitted more often than ended, so that queues form.
    kind: fc.constantFrom('submit', 'submit', 'submit', 'abandon', 'finish', 'fail', 'die', 'ready'),
    which: fc.nat(1000),
  });
  const limit = fc.option(fc.integer({ min: 1, max: 6 }), { nil: null });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      limit,
      fc.array(step, { maxLength: 120 }),
      (workers, most, steps) => {
        const { queue, submit, worker, totals, shownLength, fatal } = setUp({ workers, limit: most });
        const jobs: Submitted[] = [];
        const gone = new Set<number>();
        const ended = new Set<number>();
        const begun = new Set<number>();
        const givenBack = new Set<number>();
        const readied = Array.from({ length: workers }, () => true);
        let shed = 0;
        let dropped = 0;
        let restarts = 0;
        const held = () => Array.from({ length: workers }, (_, index) => idsOf(worker(index)));
        for (const { kind, which } of steps) {
          const index = which % workers;
          const target = worker(index);
          if (kind === 'submit') {
            const free = held().some((ids, at) => readied[at] === true && ids.length === 0);
            const full = most !== null && queue.length >= most && !free;
            const submitted = submit();
            assert.equal(submitted === 'shed', full);
            if (submitted === 'shed') shed += 1;
            else jobs.push(submitted);
          } else if (kind === 'abandon') {
            const job = jobs[which % Math.max(1, jobs.length)];
            if (job !== undefined && !ended.has(job.id)) {
              if (!gone.has(job.id) && !begun.has(job.id)) dropped += 1;
              gone.add(job.id);
            }
            job?.job.abandon();
          } else if (kind === 'ready') {
            if (!readied[index]) {
              readied[index] = true;
              target.say({ kind: 'ready' });
            }
          } else if (kind === 'die') {
            if (!readied[index]) continue;
            const [lost, ahead] = idsOf(target);
            if (lost !== undefined) ended.add(lost);
            // The one ahead was never begun: it waits again, or is dropped where its client has gone meanwhile.
            if (ahead !== undefined) {
              begun.delete(ahead);
              givenBack.add(ahead);
              if (gone.has(ahead)) dropped += 1;
            }
            readied[index] = false;
            restarts += 1;
            target.die();
          } else {
            const [first] = idsOf(target);
            if (first === undefined) continue;
            ended.add(first);
            target.finish(kind === 'finish' ? 'done' : 'failed');
          }
          for (const ids of held()) {
            assert.ok(ids.length <= 2, 'at most one ahead');
            for (const id of ids) begun.add(id);
          }
          const ahead = held().reduce((sum, ids) => sum + Math.max(0, ids.length - 1), 0);
          const waiting = jobs.filter(({ id }) => !begun.has(id) && !gone.has(id)).length;
          assert.equal(queue.length, waiting + ahead);
          assert.equal(shownLength(), queue.length, 'the gauge shows the length');
          const idle = held().some((ids, at) => readied[at] === true && ids.length < 2);
          assert.ok(!(idle && waiting > 0), 'no job waits while a worker has a place');
          assert.deepEqual(totals(), { ...totals(), shed, abandoned: dropped, workerRestarts: restarts });
          for (const { id, outcomes } of jobs) {
            assert.equal(
              outcomes.length,
              ended.has(id) && !gone.has(id) ? 1 : 0,
              `job ${id} is settled once`,
            );
          }
        }
        const lastBegun = Math.max(0, ...begun);
        for (let at = 0; at < workers; at += 1) {
          const ids = (held()[at] ?? []).filter((id) => !givenBack.has(id));
          assert.deepEqual(
            ids,
            ids.toSorted((a, b) => a - b),
            'a worker’s jobs are in order of arrival',
          );
        }
        assert.deepEqual(fatal, []);
        // Whatever never began arrived after all that did, or was abandoned, or came back from a worker that died.
        for (const { id } of jobs)
          if (id < lastBegun && !begun.has(id))
            assert.ok(gone.has(id) || givenBack.has(id), `${id} was passed over`);
      },
    ),
    { numRuns: 300 },
  );
});
