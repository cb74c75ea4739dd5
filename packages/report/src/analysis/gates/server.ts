import { isOverload } from '../overload.ts';
import { thresholds } from '../thresholds.ts';
import { fail, type Gate, percent, say } from './gate.ts';

export const stationary: Gate = ({ cell, measurement, load }) => {
  const thirds = load.completedByThird;
  if (thirds === null || isOverload(cell, measurement.ceilingPerSecond)) return null;
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

export const notAboveCeiling: Gate = ({ measurement }) => {
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

/** Work that changes its cost half-way, as when an engine gives up code it has compiled. Overload does not change it. */
export const sameServiceTime: Gate = ({ load, measurement: { serviceTimeByThirdMs } }) => {
  // In a burst the client is busy in the first third, on a core that the server may want.
  if (serviceTimeByThirdMs === null || load.burst !== null) return null;
  const least = Math.min(...serviceTimeByThirdMs);
  const most = Math.max(...serviceTimeByThirdMs);
  return most <= Math.max(least * thresholds.serviceTimeRatio, least + thresholds.serviceTimeMs)
    ? null
    : fail(
        'service-time',
        `the work costs the same in each third of the window (most ≤ ${say(thresholds.serviceTimeRatio)} × least, or ${say(thresholds.serviceTimeMs)} ms more)`,
        { 'mean in ms by third': serviceTimeByThirdMs.map(say).join(', ') },
      );
};

/** The process that was measured is the one that was started: its listeners stay, and its counters never go back. */
export const notRestarted: Gate = ({ samples, measurement: { windowStartMs } }) => {
  const predicate = 'the server is the same process from start to end';
  const counters = new Map<string, number>();
  let inodes: string | undefined;
  for (const sample of samples) {
    if (sample.kind === 'server') {
      for (const [name, value] of Object.entries(sample.values)) {
        if (!/_(total|count|sum)$/.test(name)) continue;
        const before = counters.get(name) ?? 0;
        if (value < before)
          return fail('restart', predicate, { [name]: `${say(value)} after ${say(before)}` });
        counters.set(name, value);
      }
    }
    if (sample.kind === 'kernel' && sample.atMs >= windowStartMs) {
      const now = sample.listeners.map(({ inode }) => inode).sort((a, b) => a - b);
      inodes ??= now.join(' ');
      if (now.join(' ') !== inodes) {
        return fail('restart', predicate, {
          'listening sockets': `${now.join(' ') || 'none'} after ${inodes}`,
        });
      }
    }
  }
  return null;
};

/** What the server says of itself was checked when it started; this is what the kernel shows of it. */
export const topologyInForce: Gate = ({ cell, server, samples, measurement }) => {
  const sample = samples.find((each) => each.kind === 'kernel' && each.atMs >= measurement.windowStartMs);
  if (sample?.kind !== 'kernel') return null;
  const seen = sample.listeners.length;
  // Processes may share one socket, or have one each.
  const right = cell.topology === 'prefork' ? seen >= 1 && seen <= cell.listeners : seen === cell.listeners;
  if (!right) {
    const wanted = `${cell.topology} has ${cell.listeners} listening socket(s)`;
    return fail('topology', wanted, { 'as the kernel shows them': seen });
  }
  // What the server says is the sum over its listeners.
  const said = server.effectiveBacklog === null ? Number.POSITIVE_INFINITY : server.effectiveBacklog / seen;
  const wanted = Math.min(cell.backlog ?? said, cell.somaxconn ?? Number.POSITIVE_INFINITY);
  const limits =
    measurement.acceptQueue?.listeners.flatMap(({ limit }) => (limit === null ? [] : [limit])) ?? [];
  const other = Number.isFinite(wanted) ? limits.find((limit) => limit !== wanted) : undefined;
  return other === undefined
    ? null
    : fail('topology', `each listener's backlog is ${wanted}`, { 'as the kernel shows it': other });
};
