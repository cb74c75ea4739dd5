import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlainReply } from '@acceptbench/handler/routes';
import type { WorkResult } from '@acceptbench/handler/work';
import { allocateMetrics } from '@acceptbench/metrics/layout';
import { Recorder } from '@acceptbench/metrics/recorder';
import { countOf, readHistogram, readTotals } from '@acceptbench/metrics/snapshot';
import fc from 'fast-check';
import { App, type Labour } from './app.ts';
import type { JobOutcome, JobQueue } from './offloadQueue.ts';
import type { PendingReply } from './pendingReply.ts';

const result: WorkResult = { street: 'a', city: 'b', count: 1 };
const body = JSON.stringify(result);
const getData = { method: 'GET', target: '/data' } as const;

/** A queue that keeps what it is given, and settles a job when the test says so. */
class FakeQueue implements JobQueue {
  readonly jobs: ((outcome: JobOutcome) => void)[] = [];
  readonly abandoned: number[] = [];
  full = false;

  submit(settle: (outcome: JobOutcome) => void) {
    if (this.full) return 'shed' as const;
    const index = this.jobs.push(settle) - 1;
    return { abandon: () => void this.abandoned.push(index) };
  }
}

/** An app whose clock moves by so many ms at each reading. */
function setUp(labour: Labour, { tickMs = 1000, metrics = async () => metricsReply } = {}) {
  const memory = allocateMetrics(1);
  let now = 1_000_000;
  let readings = 0;
  const clock = () => {
    readings += 1;
    now += tickMs;
    return now;
  };
  const app = new App(labour, new Recorder(memory, 0), clock, metrics);
  const seconds = (key: 'requestDuration' | 'workDuration') =>
    readHistogram(memory, 0, key).reduce((sum, series) => sum + series.sum, 0);
  const statuses = () =>
    Object.fromEntries(
      readHistogram(memory, 0, 'requestDuration')
        .filter((series) => countOf([series]) > 0)
        .map((series) => [series.labelValue, countOf([series])]),
    );
  const books = () => {
    const { started, completed, aborted } = readTotals(memory, 1);
    return { started, completed, aborted };
  };
  return {
    app,
    books,
    statuses,
    seconds,
    worked: () => countOf(readHistogram(memory, 0, 'workDuration')),
    readings: () => readings,
  };
}

const metricsReply: PlainReply = { status: 200, headers: {}, body: 'metrics' };
const inline = (run: () => WorkResult = () => result): Labour => ({ kind: 'inline', run });

function now(answer: PlainReply | PendingReply): PlainReply {
  assert.ok(!('promise' in answer), 'the reply is there at once');
  return answer;
}

function later(answer: PlainReply | PendingReply): PendingReply {
  assert.ok('promise' in answer, 'the reply is to come');
  return answer;
}

test('inline: the work is done when answer returns, and one reading of the clock ends it and the request', () => {
  const { app, books, statuses, seconds, worked, readings } = setUp(inline());
  const reply = now(app.answer(getData));
  assert.deepEqual(reply, { status: 200, headers: { 'content-type': 'application/json' }, body });
  assert.deepEqual(books(), { started: 1, completed: 1, aborted: 0 });
  assert.deepEqual(statuses(), { 200: 1 });
  assert.equal(worked(), 1);
  assert.equal(readings(), 2);
  assert.equal(seconds('workDuration'), 1);
  assert.equal(seconds('requestDuration'), 1);
});

test('a reply without work is timed by itself, after work too', () => {
  const { app, seconds, statuses } = setUp(inline());
  now(app.answer(getData));
  assert.equal(now(app.answer({ method: 'GET', target: '/healthz' })).status, 200);
  assert.equal(now(app.answer({ method: 'GET', target: '/nope' })).status, 404);
  assert.equal(now(app.answer({ method: 'PUT', target: '/data' })).status, 405);
  assert.deepEqual(statuses(), { 200: 2, 404: 1, 405: 1 });
  assert.equal(seconds('requestDuration'), 4);
  assert.equal(seconds('workDuration'), 1);
});

test('a request is answered by what it is, not by the one before', () => {
  const requests = fc.record({
    method: fc.constantFrom('GET', 'HEAD', 'POST'),
    target: fc.constantFrom('/data', '/healthz', '/nope', 'http://x/data', ''),
  });
  fc.assert(
    fc.property(fc.array(requests, { maxLength: 20 }), (all) => {
      const { app } = setUp(inline());
      for (const request of all) {
        const alone = now(setUp(inline()).app.answer(request));
        assert.deepEqual(now(app.answer({ ...request })), alone);
      }
    }),
  );
});

test('inline work that throws is a 500, counted, and the next request is served', () => {
  let calls = 0;
  const { app, books, statuses, worked } = setUp(
    inline(() => {
      calls += 1;
      if (calls === 1) throw new Error('it broke');
      return result;
    }),
  );
  assert.equal(now(app.answer(getData)).status, 500);
  assert.equal(now(app.answer(getData)).status, 200);
  assert.deepEqual(statuses(), { 200: 1, 500: 1 });
  assert.deepEqual(books(), { started: 2, completed: 2, aborted: 0 });
  assert.equal(worked(), 2);
});

test('offload: the reply comes with the outcome, and counts as finished then', async () => {
  const queue = new FakeQueue();
  const { app, books, statuses } = setUp({ kind: 'offload', queue });
  const outcomes: JobOutcome[] = [
    { state: 'done', body: '{"x":1}' },
    { state: 'failed', error: 'it died' },
    { state: 'shed' },
  ];
  const answers = outcomes.map(() => later(app.answer(getData)));
  assert.deepEqual(books(), { started: 3, completed: 0, aborted: 0 });
  for (const [index, outcome] of outcomes.entries()) queue.jobs[index]?.(outcome);
  assert.deepEqual(books(), { started: 3, completed: 3, aborted: 0 });
  assert.deepEqual(statuses(), { 200: 1, 500: 1, 503: 1 });
  const replies = await Promise.all(answers.map(({ promise }) => promise));
  assert.deepEqual(replies[0], {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: '{"x":1}',
  });
  assert.equal(replies[1]?.status, 500);
  assert.equal(replies[2]?.status, 503);
  assert.equal(replies[2]?.headers['retry-after'], '1');
});

test('a queue that is full sheds at once', () => {
  const queue = new FakeQueue();
  queue.full = true;
  const { app, statuses } = setUp({ kind: 'offload', queue });
  const reply = now(app.answer(getData));
  assert.equal(reply.status, 503);
  assert.equal(reply.headers['retry-after'], '1');
  assert.deepEqual(statuses(), { 503: 1 });
});

test('an abandoned reply resolves to null whoever won the race, and is counted once', async () => {
  const steps = fc.array(fc.constantFrom('settle', 'abandon'), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(steps, async (order) => {
      const queue = new FakeQueue();
      const { app, books } = setUp({ kind: 'offload', queue });
      const answer = later(app.answer(getData));
      for (const step of order) {
        if (step === 'abandon') answer.abandon();
        else queue.jobs[0]?.({ state: 'done', body });
      }
      const reply = await answer.promise;
      const abandonedFirst = order[0] === 'abandon';
      assert.equal(reply === null, abandonedFirst);
      assert.deepEqual(books(), {
        started: 1,
        completed: abandonedFirst ? 0 : 1,
        aborted: abandonedFirst ? 1 : 0,
      });
      assert.deepEqual(queue.abandoned, abandonedFirst ? [0] : [], 'its job is dropped once');
    }),
  );
});

test('/metrics gives the metrics, and a 500 when they can’t be had', async () => {
  const metrics = { method: 'GET', target: '/metrics' };
  const good = setUp(inline());
  assert.equal(await later(good.app.answer(metrics)).promise, metricsReply);
  assert.deepEqual(good.statuses(), { 200: 1 });
  const bad = setUp(inline(), { metrics: () => Promise.reject(new Error('no owner')) });
  assert.equal((await later(bad.app.answer(metrics)).promise)?.status, 500);
  assert.deepEqual(bad.statuses(), { 500: 1 });
  const gone = setUp(inline());
  const answer = later(gone.app.answer(metrics));
  answer.abandon();
  assert.equal(await answer.promise, null);
  assert.deepEqual(gone.books(), { started: 1, completed: 0, aborted: 1 });
});

test('respond leaves the end to whoever hears that the reply is written', async () => {
  const queue = new FakeQueue();
  const { app, books, seconds } = setUp({ kind: 'offload', queue });
  const startedAt = app.started();
  const answer = later(app.respond(getData, startedAt));
  queue.jobs[0]?.({ state: 'done', body });
  assert.equal((await answer.promise)?.body, body);
  assert.deepEqual(books(), { started: 1, completed: 0, aborted: 0 });
  app.finished(200, startedAt);
  assert.deepEqual(books(), { started: 1, completed: 1, aborted: 0 });
  assert.equal(seconds('requestDuration'), 1);
  const other = later(app.respond(getData, app.started()));
  other.abandon();
  assert.deepEqual(queue.abandoned, [1]);
  assert.deepEqual(books(), { started: 2, completed: 1, aborted: 0 });
  app.aborted();
  assert.deepEqual(books(), { started: 2, completed: 1, aborted: 1 });
});

test('connections are counted', () => {
  const memory = allocateMetrics(1);
  const app = new App(
    inline(),
    new Recorder(memory, 0),
    () => 0,
    async () => metricsReply,
  );
  app.connectionAccepted();
  app.connectionAccepted();
  app.connectionClosed();
  const { accepted, closed } = readTotals(memory, 1);
  assert.deepEqual({ accepted, closed }, { accepted: 2, closed: 1 });
});
