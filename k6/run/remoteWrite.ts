import type { K6RunOptions } from './arguments.ts';

/** How often k6 pushes, in ms: as often as Prometheus reads the servers in a run. */
const pushMs = 250;

/**
 * What makes k6 push its metrics to a Prometheus while it runs, beside its summary: counters and gauges as they are, trends
 * as native histograms (`--features native-histograms`: the statistics it would push otherwise accumulate since the start),
 * every series with these tags, and a mark at the end, so that none seems to go on. When the receiver does not answer k6 says so
 * on stderr and goes on; its summary and its exit code stay the same.
 *
 * @param options.url of the receiver: `http://127.0.0.1:9090/api/v1/write`
 */
export function remoteWrite(options: {
  readonly url: string;
  readonly tags: Readonly<Record<string, string>>;
}): Required<Pick<K6RunOptions, 'outputs' | 'extraArguments' | 'k6Environment' | 'countsSteadily'>> {
  return {
    outputs: ['experimental-prometheus-rw'],
    extraArguments: [
      '--features',
      'native-histograms',
      // No tag a request differs by: a series for each URL would be new in every replicate.
      '--system-tags',
      'scenario',
      ...Object.entries(options.tags).flatMap(([name, value]) => ['--tag', `${name}=${value}`]),
    ],
    k6Environment: {
      K6_PROMETHEUS_RW_SERVER_URL: options.url,
      K6_PROMETHEUS_RW_PUSH_INTERVAL: `${pushMs}ms`,
      K6_PROMETHEUS_RW_STALE_MARKERS: 'true',
    },
    // k6 pushes only what was counted since: a counter's first growth, or one after a while, would be a point without one
    // before it, and no rate could see it.
    countsSteadily: true,
  };
}
