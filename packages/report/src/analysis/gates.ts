import type { Cell } from '@acceptbench/results/cell';
import type { LoadResult } from '@acceptbench/results/load';
import type { Measurement, Reason } from '@acceptbench/results/replicate';
import type { Isolation } from '@acceptbench/results/run';
import { isOverload } from './overload.ts';
import { thresholds } from './thresholds.ts';

export type GateInput = {
  readonly cell: Cell;
  readonly measurement: Measurement;
  readonly load: LoadResult;
  readonly isolation: Isolation['mode'];
  /** From `connectionsAccepted` in `./kernel`: from window start to empty; null where the kernel does not say. */
  readonly connectionsAccepted: number | null;
};

/** Null when the replicate meets it, or when what it looks at was not measured. */
export type Gate = (input: GateInput) => Reason | null;

const everyResponseRight: Gate = ({ load }) =>
  load.wrong === 0 && load.errored === 0
    ? null
    : fail('responses', 'every response is right (wrong = 0, errored = 0)', {
        wrong: load.wrong,
        errored: load.errored,
      });

const requestsAddUp: Gate = ({ load }) => {
  const ended = load.completed + load.errored + load.wrong;
  return ended === load.started
    ? null
    : fail('requests-add-up', 'completed + errored + wrong = started', {
        'completed + errored + wrong': ended,
        started: load.started,
      });
};

const arrivalsAsPlanned: Gate = ({ cell, load }) => {
  const planned = cell.load.ratePerSecond * cell.load.durationSeconds;
  const arrived = load.started + load.dropped;
  const allowed = Math.max(thresholds.arrivalCount, planned * thresholds.arrivalShare);
  return Math.abs(arrived - planned) <= allowed
    ? null
    : fail('arrivals', `started + dropped = rate × duration = ${say(planned)}, within ${say(allowed)}`, {
        'started + dropped': arrived,
      });
};

const nothingDropped: Gate = ({ cell, measurement, load }) =>
  load.dropped === 0 || isOverload(cell, measurement.ceilingPerSecond)
    ? null
    : fail('dropped', 'no arrival is dropped below the ceiling (dropped = 0)', { dropped: load.dropped });

const enoughVirtualUsers: Gate = ({ cell, measurement, load }) => {
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

const generatorOnTime: Gate = ({ load }) =>
  load.schedulingLag.p99 <= thresholds.schedulingLagP99Ms
    ? null
    : fail(
        'scheduling-lag',
        `the generator starts requests on time (p99 of its lag ≤ ${thresholds.schedulingLagP99Ms} ms)`,
        { 'p99 in ms': load.schedulingLag.p99 },
      );

const stationary: Gate = ({ cell, measurement, load }) => {
  if (isOverload(cell, measurement.ceilingPerSecond)) return null;
  const thirds = load.completedByThird;
  const mean = (thirds[0] + thirds[1] + thirds[2]) / 3;
  const allowed = Math.max(mean * thresholds.stationarityShare, Math.sqrt(mean));
  return thirds.every((third) => Math.abs(third - mean) <= allowed)
    ? null
    : fail(
        'stationary',
        `each third of the window completes the same, within ${say(allowed)} of ${say(mean)}`,
        { 'completed by third': thirds.join(', ') },
      );
};

const notAboveCeiling: Gate = ({ measurement }) => {
  const ceiling = measurement.ceilingPerSecond;
  if (ceiling === null) return null;
  const most = ceiling * (1 + thresholds.ceilingShare);
  return measurement.rates.completedPerSecond <= most
    ? null
    : fail(
        'ceiling',
        `nothing completes faster than the ceiling (completed ≤ ${say(ceiling)}/s + ${percent(thresholds.ceilingShare)})`,
        { 'completed per second': measurement.rates.completedPerSecond },
      );
};

const connectionsAddUp: Gate = ({ load, isolation, connectionsAccepted }) => {
  if (connectionsAccepted === null) return null;
  const exact = isolation === 'namespace';
  const allowed = exact
    ? 0
    : Math.max(thresholds.connectionCount, load.connections * thresholds.connectionShare);
  return Math.abs(connectionsAccepted - load.connections) <= allowed
    ? null
    : fail(
        'connections',
        `connections accepted = connections k6 opened = ${load.connections}, ${exact ? 'exactly' : `within ${say(allowed)}`}`,
        { accepted: connectionsAccepted },
      );
};

const samplesComplete: Gate = ({ measurement: { acceptQueue } }) => {
  if (acceptQueue === null) return null;
  const { samples, missedSamples } = acceptQueue;
  return missedSamples < thresholds.missedSampleShare * (samples + missedSamples)
    ? null
    : fail('samples', `missing kernel samples < ${percent(thresholds.missedSampleShare)}`, {
        missing: missedSamples,
        taken: samples,
      });
};

const stagesFitResponseTime: Gate = ({ measurement }) => {
  const rest = measurement.stages.find((stage) => stage.stage === 'process');
  if (rest === undefined) return null;
  const response = measurement.responseTimeMs.mean;
  const allowed = Math.max(response * thresholds.negativeRestShare, measurement.serviceTimeMs?.mean ?? 0);
  return rest.meanMs >= -allowed
    ? null
    : fail(
        'stages-add-up',
        `the stages sum to no more than the response time, within ${say(allowed)} ms of ${say(response)} ms`,
        { 'their sum in ms': response - rest.meanMs },
      );
};

/** Every gate, in the order in which their reasons are told. */
export const gates: readonly Gate[] = [
  everyResponseRight,
  requestsAddUp,
  arrivalsAsPlanned,
  nothingDropped,
  enoughVirtualUsers,
  generatorOnTime,
  stationary,
  notAboveCeiling,
  connectionsAddUp,
  samplesComplete,
  stagesFitResponseTime,
];

/** Why the replicate does not count: one reason for each gate it fails. Empty when it is valid. */
export function checkGates(input: GateInput): Reason[] {
  return gates.map((gate) => gate(input)).filter((reason) => reason !== null);
}

function fail(gate: string, predicate: string, observed: Record<string, number | string>): Reason {
  const got = Object.entries(observed).map(
    ([name, value]) => `${name} = ${typeof value === 'number' ? say(value) : value}`,
  );
  return { gate, reason: `${predicate}; got ${got.join(', ')}` };
}

const say = (value: number) => String(Number(value.toFixed(2)));
const percent = (share: number) => `${say(share * 100)} %`;
