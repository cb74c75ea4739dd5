/** Replicates as a run might leave them, for tests of what is decided from them. */
import { aFailed, aMeasurement, anInvalid, aValid } from '@acceptbench/report/testing';
import type { Measurement } from '@acceptbench/results/measurement';
import type { Replicate } from '@acceptbench/results/replicate';
import type { PlannedReplicate } from '../src/plan.ts';
import type { Schedule, Step } from '../src/run/schedule.ts';

export function valid(planned: PlannedReplicate, change: Partial<Measurement> = {}): Replicate {
  const { cell, block } = planned;
  return { ...aValid(cell, block, { ...aMeasurement(cell), ...change }), ...planned };
}

export function invalid(planned: PlannedReplicate, ...gates: string[]): Replicate {
  const reasons = gates.map((gate) => ({ gate, reason: `${gate} is not met` }));
  return { ...anInvalid(planned.cell, planned.block, reasons), ...planned };
}

export function failed(planned: PlannedReplicate): Replicate {
  return { ...aFailed(planned.cell, planned.block, 'no luck'), ...planned };
}

export function notOffered(planned: PlannedReplicate): Replicate {
  const { schemaVersion, startedAt } = aFailed(planned.cell, planned.block, '');
  const reason = 'it has none';
  return { schemaVersion, startedAt, wallSeconds: 0, outcome: 'not-offered', reason, ...planned };
}

/** Runs a schedule to its end, each replicate as `live` has it; `before` is what was measured already. */
export function conduct(
  schedule: Schedule,
  live: (planned: PlannedReplicate) => Replicate,
  before: readonly Replicate[] = [],
  limit = 10_000,
): Replicate[] {
  const done = [...before];
  for (let step = schedule.next(done); step !== null; step = schedule.next(done)) {
    if (done.length >= limit) throw new Error(`no end after ${limit} replicates`);
    done.push(live(inOrder(step, done)));
  }
  return done;
}

export function inOrder(step: Step, done: readonly Replicate[]): PlannedReplicate {
  return { ...step, order: (done.at(-1)?.order ?? 0) + 1 };
}
