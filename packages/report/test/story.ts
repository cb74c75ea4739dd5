import { createHash } from 'node:crypto';
import type { Histogram } from '@acceptbench/results/load';
import type { ValidReplicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import type { Sample } from '@acceptbench/results/sample';
import { chooseSeries, type ReplicateSeries, SeriesBuilder } from '../src/model/series.ts';
import { windowStartMs } from '../src/testing/builders.ts';
import { aStory } from '../src/testing/story.ts';

export const sha256 = (text: string) => createHash('sha256').update(text).digest('base64');

/** The story of `aStory` with all that a run has besides: sizes of response times, and samples of one replicate a cell. */
export function aFullStory(blocks = 6): {
  run: Run;
  replicates: ValidReplicate[];
  series: ReplicateSeries[];
} {
  const { run, replicates } = aStory(['node', 'bun', 'deno'], blocks);
  const full = replicates.map((replicate) => ({
    ...replicate,
    responseHistogram: aHistogram(replicate.responseTimeMs.mean),
  }));
  return {
    run,
    replicates: full,
    series: chooseSeries(run, full).map((replicate) => {
      const builder = new SeriesBuilder(replicate);
      for (const sample of someSamples(replicate.cell.load.durationSeconds)) builder.add(sample);
      return builder.finish();
    }),
  };
}

function aHistogram(meanMs: number): Histogram {
  const upperBoundsMs = Array.from({ length: 60 }, (_, index) => 1.2 ** index);
  const counts = [...upperBoundsMs, Number.POSITIVE_INFINITY].map((bound) =>
    Math.round(1000 * Math.exp(-((Math.log(Math.min(bound, 1e6) / meanMs) * 3) ** 2))),
  );
  return { upperBoundsMs, counts };
}

/** 50 a second from the kernel and 20 from the server, from a second before the window until a second after it. */
export function* someSamples(durationSeconds: number): Generator<Sample> {
  for (let ms = -1000; ms <= durationSeconds * 1000 + 1000; ms += 10) {
    const at = Math.max(0, ms) / 1000;
    const within = Math.min(at, durationSeconds);
    const queue = Math.max(0, Math.round(75 * within - 246 * Math.max(0, at - durationSeconds)));
    const atMs = windowStartMs + ms;
    if (ms % 20 === 0) {
      yield {
        kind: 'kernel',
        atMs,
        listeners: [{ address: '127.0.0.1:8080', inode: 1, queue }],
        counters: {
          passiveOpens: Math.round(325 * within),
          listenOverflows: Math.max(0, queue - 512),
          listenDrops: 0,
          synRetrans: 0,
          reqQFullDrop: 0,
          reqQFullDoCookies: 0,
          deferAcceptDrop: 0,
        },
      };
    }
    if (ms % 50 === 0) {
      const values = { http_server_request_duration_seconds_count: Math.round(246 * at) };
      yield { kind: 'server', atMs, values };
    }
  }
}
