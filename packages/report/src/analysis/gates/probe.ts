import type { Sample } from '@acceptbench/results/sample';
import { thresholds } from '../thresholds.ts';
import { fail, type Gate, percent, say } from './gate.ts';

export const samplesComplete: Gate = ({ measurement: { acceptQueue } }) => {
  if (acceptQueue === null) return null;
  const { samples, missedSamples } = acceptQueue;
  return missedSamples < thresholds.missedSampleShare * (samples + missedSamples)
    ? null
    : fail('samples', `missing kernel samples < ${percent(thresholds.missedSampleShare)}`, {
        missing: missedSamples,
        taken: samples,
      });
};

/** A laptop that was closed, a virtual machine that was paused, or a clock that was set. */
export const notSuspended: Gate = ({ samples, measurement: { windowStartMs } }) => {
  const measured = samples.filter(({ atMs }) => atMs >= windowStartMs);
  const gapMs = longestGap(measured.filter(({ kind }) => kind === 'kernel'));
  if (gapMs > thresholds.suspendedMs) {
    return fail(
      'suspended',
      `the machine runs throughout (no two samples further apart than ${say(thresholds.suspendedMs)} ms)`,
      { 'ms between two': gapMs },
    );
  }
  const offsets = measured.flatMap((sample) => (sample.kind === 'cpu' ? [sample.wallMs - sample.atMs] : []));
  const stepMs = offsets.length === 0 ? 0 : Math.max(...offsets) - Math.min(...offsets);
  return stepMs <= thresholds.clockStepMs
    ? null
    : fail(
        'suspended',
        `the wall clock and the one that stands still in sleep go together, within ${say(thresholds.clockStepMs)} ms`,
        { 'they parted by, in ms': stepMs },
      );
};

function longestGap(samples: readonly Sample[]): number {
  let longest = 0;
  for (const [index, { atMs }] of samples.entries()) {
    longest = Math.max(longest, atMs - (samples[index - 1]?.atMs ?? atMs));
  }
  return longest;
}

/** CPU time that the hypervisor gave to others was neither the server's nor the generator's. */
export const littleStolen: Gate = ({ measurement: { cpu } }) => {
  if (cpu.stealSeconds === null || cpu.spanSeconds <= 0) return null;
  const share = cpu.stealSeconds / cpu.spanSeconds;
  return share <= thresholds.stealShare
    ? null
    : fail('steal', `the hypervisor takes at most ${percent(thresholds.stealShare)} of a core`, {
        'share in percent': share * 100,
      });
};
