import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Job, JobOutcome, JobQueue } from './offloadQueue.ts';
import type { FromAcceptThread } from './protocol.ts';
import { RemoteQueue, serveRemoteQueue } from './remoteQueue.ts';

/** A queue that keeps what it is given until it is told how a job ends. */
class HeldQueue implements JobQueue {
  readonly jobs: { settle: (outcome: JobOutcome) => void; abandoned: boolean }[] = [];
  full = false;

  submit(settle: (outcome: JobOutcome) => void): Job | 'shed' {
    if (this.full) return 'shed';
    const job = { settle, abandoned: false };
    this.jobs.push(job);
    return {
      abandon: () => {
        job.abandoned = true;
      },
    };
  }
}

/** An accept thread's queue and the owner's end of it, with messages that arrive in order, when delivered. */
function connect(queue: JobQueue) {
  const toOwner: FromAcceptThread[] = [];
  const toThread: [number, JobOutcome][] = [];
  const remote = new RemoteQueue((message) => toOwner.push(message));
  const owner = serveRemoteQueue(queue, (id, outcome) => toThread.push([id, outcome]));
  return {
    remote,
    deliver() {
      for (const message of toOwner.splice(0)) {
        if (message.kind === 'submit' || message.kind === 'abandon') owner(message);
      }
      for (const [id, outcome] of toThread.splice(0)) remote.settled(id, outcome);
    },
  };
}

test('a job is settled with what the owner’s queue says', () => {
  const held = new HeldQueue();
  const { remote, deliver } = connect(held);
  const outcomes: JobOutcome[] = [];
  remote.submit((outcome) => outcomes.push(outcome));
  deliver();
  held.jobs[0]?.settle({ state: 'done', body: 'x' });
  deliver();
  assert.deepEqual(outcomes, [{ state: 'done', body: 'x' }]);
});

test('a full queue sheds', () => {
  const held = new HeldQueue();
  held.full = true;
  const { remote, deliver } = connect(held);
  const outcomes: JobOutcome[] = [];
  remote.submit((outcome) => outcomes.push(outcome));
  deliver();
  assert.deepEqual(outcomes, [{ state: 'shed' }]);
});

test('whatever the order of ends and abandonments, each job that was not abandoned is settled once', () => {
  const step = fc.oneof(
    fc.constant({ kind: 'submit' as const }),
    fc.constant({ kind: 'deliver' as const }),
    fc.record({ kind: fc.constant('abandon' as const), index: fc.nat(20) }),
    fc.record({ kind: fc.constant('finish' as const), index: fc.nat(20) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const held = new HeldQueue();
      const { remote, deliver } = connect(held);
      const jobs: { job: Job; settled: number; abandoned: boolean }[] = [];
      const finished = new Set<number>();
      const finish = (index: number) => {
        if (finished.has(index) || held.jobs[index] === undefined) return;
        finished.add(index);
        held.jobs[index]?.settle({ state: 'done', body: '' });
      };
      for (const next of steps) {
        if (next.kind === 'deliver') deliver();
        else if (next.kind === 'finish') finish(next.index);
        else if (next.kind === 'abandon') {
          const entry = jobs[next.index];
          if (entry === undefined || entry.settled > 0) continue;
          entry.abandoned = true;
          entry.job.abandon();
        } else {
          const entry = { job: { abandon() {} }, settled: 0, abandoned: false };
          entry.job = remote.submit(() => {
            entry.settled += 1;
          });
          jobs.push(entry);
        }
      }
      deliver();
      for (let index = 0; index < held.jobs.length; index += 1) finish(index);
      deliver();
      for (const { settled, abandoned } of jobs) assert.equal(settled, abandoned ? 0 : 1);
    }),
  );
});
