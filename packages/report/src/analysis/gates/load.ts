import { offeredPerSecond } from '@acceptbench/results/cell';
import { isTraced } from '@acceptbench/results/load';
import { isOverload } from '../overload.ts';
import { thresholds } from '../thresholds.ts';
import { fail, type Gate, percent, say } from './gate.ts';

/**
 * Whether connections are refused, or time out, is what a burst asks; and of overload, whom a full queue keeps out until it gives up.
 * There that is a result, and no failure.
 */
export const everyResponseRight: Gate = ({ cell, load, measurement: { acceptQueue, ceilingPerSecond } }) => {
  const keepsOut = isOverload(cell, ceilingPerSecond) && (acceptQueue?.overflows ?? 0) > 0;
  const mayErr = load.burst !== null || (isTraced(load) && keepsOut);
  return load.wrong === 0 && (load.errored === 0 || mayErr)
    ? null
    : fail('responses', 'every response is right (wrong = 0, errored = 0)', {
        wrong: load.wrong,
        errored: load.errored,
      });
};

export const requestsAddUp: Gate = ({ load }) => {
  const ended = load.completed + load.shed + load.errored + load.wrong;
  return ended === load.started
    ? null
    : fail('requests-add-up', 'completed + shed + errored + wrong = started', {
        'completed + shed + errored + wrong': ended,
        started: load.started,
      });
};

export const arrivalsAsPlanned: Gate = ({ cell, load }) => {
  const offered = offeredPerSecond(cell);
  if (offered === null) return null;
  const planned = offered * cell.load.durationSeconds;
  const arrived = load.started + load.dropped;
  const allowed = Math.max(thresholds.arrivalCount, planned * thresholds.arrivalShare);
  return Math.abs(arrived - planned) <= allowed
    ? null
    : fail('arrivals', `started + dropped = rate × duration = ${say(planned)}, within ${say(allowed)}`, {
        'started + dropped': arrived,
      });
};

export const nothingDropped: Gate = ({ cell, measurement, load }) =>
  load.dropped === 0 || isOverload(cell, measurement.ceilingPerSecond)
    ? null
    : fail('dropped', 'no arrival is dropped below the ceiling (dropped = 0)', { dropped: load.dropped });

export const enoughVirtualUsers: Gate = ({ cell, measurement, load }) => {
  const ceiling = measurement.ceilingPerSecond;
  if (load.dropped === 0 || ceiling === null || !isOverload(cell, ceiling)) return null;
  const least = ceiling * thresholds.busyShareOfCeiling;
  return measurement.rates.completedPerSecond >= least
    ? null
    : fail(
        'virtual-users',
        `arrivals are dropped only when the server is busy (completed ≥ ${percent(thresholds.busyShareOfCeiling)} of the ceiling = ${say(least)}/s)`,
        { dropped: load.dropped, 'completed per second': measurement.rates.completedPerSecond },
      );
};

export const generatorOnTime: Gate = ({ load }) => {
  if (!isTraced(load)) return null;
  const { p99 } = load.schedulingLag;
  // An instant is as long as it takes to connect: short beside what the server needs for all of them.
  const drainedMs = load.burst?.drainedMs ?? 0;
  const allowed = Math.max(thresholds.schedulingLagP99Ms, drainedMs * thresholds.burstSpreadShare);
  return p99 <= allowed
    ? null
    : fail('scheduling-lag', `the generator starts requests on time (p99 of its lag ≤ ${say(allowed)} ms)`, {
        'p99 in ms': p99,
      });
};

/** A generator without CPU to spare shapes the arrivals, and what is measured is its own limit. */
export const generatorHasCpu: Gate = ({ cell, measurement: { cpu } }) => {
  if (cpu.loadSecondsInWindow === null) return null;
  const used = cpu.loadSecondsInWindow / cell.load.durationSeconds;
  return used <= cpu.loadCores * thresholds.generatorShare
    ? null
    : fail(
        'generator-cpu',
        `the generator uses at most ${percent(thresholds.generatorShare)} of the ${say(cpu.loadCores)} core(s) it has`,
        { cores: used },
      );
};
