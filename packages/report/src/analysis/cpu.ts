import type { Cpu, Peak } from '@acceptbench/results/measurement';
import type { CpuSample, Sample } from '@acceptbench/results/sample';
import { type TimedValue, valueAt } from './integral.ts';
import type { Window } from './kernel.ts';

type Pick = (sample: CpuSample) => number | null | undefined;

function seriesOf(samples: readonly Sample[], pick: Pick): TimedValue[] {
  return samples.flatMap((sample): TimedValue[] => {
    const value = sample.kind === 'cpu' ? pick(sample) : null;
    return value == null ? [] : [{ atMs: sample.atMs, value }];
  });
}

/** What the processes and the host have used from window start to the last sample; null where the OS does not say. */
export function toCpu(samples: readonly Sample[], window: Window, loadCores: number): Cpu {
  const used = (pick: Pick, untilMs = Number.POSITIVE_INFINITY) => {
    const series = seriesOf(samples, pick);
    const start = valueAt(series, window.startMs);
    const end = valueAt(series, untilMs);
    return start === null || end === null || series.length < 2 ? null : Math.max(0, end - start);
  };
  const last = samples.findLast((sample) => sample.kind === 'cpu')?.atMs ?? window.startMs;
  return {
    serverSeconds: used(({ server }) => server?.cpuSeconds),
    loadSeconds: used(({ load }) => load?.cpuSeconds),
    loadSecondsInWindow: used(({ load }) => load?.cpuSeconds, window.endMs),
    loadCores,
    serverRunQueueSeconds: used(({ server }) => server?.runQueueSeconds),
    loadRunQueueSeconds: used(({ load }) => load?.runQueueSeconds),
    stealSeconds: used(({ host }) => host.stealSeconds),
    pressureSeconds: used(({ host }) => host.pressureSeconds),
    spanSeconds: Math.max(0, (last - window.startMs) / 1000),
  };
}

/** The most that was seen from window start on. */
export function toPeak(samples: readonly Sample[], windowStartMs: number): Peak {
  const most = (pick: Pick) => {
    const values = seriesOf(samples, pick).flatMap(({ atMs, value }) =>
      atMs >= windowStartMs ? [value] : [],
    );
    return values.length === 0 ? null : values.reduce((max, value) => Math.max(max, value));
  };
  return {
    serverRssBytes: most(({ server }) => server?.rssBytes),
    serverDescriptors: most(({ server }) => server?.descriptors),
    halfOpen: most(({ halfOpen }) => halfOpen),
  };
}

export function cpuNotMeasured(cpu: Cpu): string[] {
  return [
    ...(cpu.serverSeconds === null ? ['CPU of the server: the system did not say.'] : []),
    ...(cpu.loadSeconds === null ? ['CPU of the load generator: the system did not say.'] : []),
  ];
}
