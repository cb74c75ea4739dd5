import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';

const root = new URL('../../../', import.meta.url);

/** A series with its points, `[Unix s, value]`; of an instant query there is one. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [number, number])[];
}

export interface Prometheus {
  readonly url: string;
  /** Where it looks for what it is to read. */
  readonly targetsFolder: string;
  query(expr: string, atSeconds: number): Promise<Series[]>;
  queryRange(expr: string, range: Range): Promise<Series[]>;
  /** Values of a label, as Grafana's `label_values(selector, label)` asks for them. */
  labelValues(label: string, selector: string, range: Range): Promise<string[]>;
  /** Ends it as a failure would. */
  kill(): Promise<void>;
}

export interface Range {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** As often as prometheus.yml has it for runs, in s: the step of a graph that is looked at closely. */
export const stepSeconds = 0.25;

/** A free port of loopback. Below those that the kernel gives out by itself, so that it is still free when somebody listens on it. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 32_000);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') continue;
      throw error;
    }
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/**
 * Starts Prometheus on loopback with the repository's configuration and the flags of compose.yaml, in a folder that goes away with
 * the test.
 *
 * @param options.fill puts something into its storage folder before it starts
 * @param options.alsoRead addresses for a job `acceptbench-probe`, as production has it
 */
export async function startPrometheus(
  context: TestContext,
  options: {
    readonly fill?: (storage: string) => Promise<void>;
    readonly alsoRead?: readonly string[];
  } = {},
): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'acceptbench-prometheus-'));
  const targetsFolder = join(folder, 'targets');
  const storage = join(folder, 'data');
  mkdirSync(targetsFolder);
  cpSync(fileURLToPath(new URL('dashboards/prometheus/alerts.yml', root)), join(folder, 'alerts.yml'));
  const configuration = parse(readFileSync(new URL('dashboards/prometheus/prometheus.yml', root), 'utf8'));
  if (options.alsoRead !== undefined) {
    configuration.scrape_configs.push({
      job_name: 'acceptbench-probe',
      scrape_interval: '250ms',
      scrape_timeout: '250ms',
      static_configs: [{ targets: options.alsoRead }],
    });
  }
  writeFileSync(join(folder, 'prometheus.yml'), stringify(configuration));
  await options.fill?.(storage);
  const port = await freePort();
  const here: Readonly<Record<string, string>> = {
    '--config.file': join(folder, 'prometheus.yml'),
    '--storage.tsdb.path': storage,
    '--web.listen-address': `127.0.0.1:${port}`,
  };
  const { services } = parse(readFileSync(new URL('compose.yaml', root), 'utf8'));
  const flags = (services.prometheus.command as string[]).map((flag) => {
    const [name = ''] = flag.split('=');
    return here[name] === undefined ? flag : `${name}=${here[name]}`;
  });
  // Debian's is older than the one in compose.yaml, and takes native histograms by this flag only.
  const child = spawn('prometheus', [...flags, '--enable-feature=native-histograms'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-20_000);
  });
  context.after(async () => {
    await end(child);
    rmSync(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 60_000;
  for (;;) {
    const ready = await fetch(`${url}/-/ready`).catch(() => null);
    if (ready?.ok === true) break;
    assert.ok(child.exitCode === null && Date.now() < deadline, `Prometheus does not start: ${said}`);
    await delay(50);
  }
  return { ...client(url), url, targetsFolder, kill: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

type Answer = { status: string; error?: string; data: { result: RawSeries[] } & string[] };
type RawSeries = {
  metric: Record<string, string>;
  value?: [number, string];
  values?: [number, string][];
};

function client(url: string): Pick<Prometheus, 'query' | 'queryRange' | 'labelValues'> {
  const ask = async (path: string, parameters: Record<string, string>): Promise<Answer['data']> => {
    const response = await fetch(`${url}${path}?${new URLSearchParams(parameters)}`);
    const answer = (await response.json()) as Answer;
    if (answer.status !== 'success') throw new Error(`${answer.error}: ${parameters.query ?? path}`);
    return answer.data;
  };
  const series = ({ result }: Answer['data']): Series[] =>
    result.map(({ metric, value, values = value === undefined ? [] : [value] }) => ({
      labels: Object.fromEntries(Object.entries(metric).filter(([name]) => name !== '__name__')),
      points: values.map(([at, figure]) => [at, Number(figure)] as const),
    }));
  const times = ({ fromSeconds, toSeconds }: Range) => ({
    start: String(fromSeconds),
    end: String(toSeconds),
  });
  return {
    query: async (query, atSeconds) => series(await ask('/api/v1/query', { query, time: String(atSeconds) })),
    queryRange: async (query, range) =>
      series(await ask('/api/v1/query_range', { query, ...times(range), step: String(stepSeconds) })),
    labelValues: (label, selector, range) =>
      ask(`/api/v1/label/${label}/values`, { 'match[]': selector, ...times(range) }),
  };
}
