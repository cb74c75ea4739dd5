import { openCpuMeter } from '@acceptbench/probe/cpu';
import type { Runtime, Settings } from '../arguments.ts';
import { type BenchmarkResult, type Figure, toFigure } from '../figure.ts';
import { type Completed, findGenerator, type Generator } from '../generator.ts';
import { measurePairs, type Pair, ratios, type Side } from '../pairs.ts';
import { type RunningServer, startServer } from '../processes.ts';
import { fixtureServer, ourServer, pathWithRuntimes } from '../servers.ts';

const warmupSeconds = 1;
const burstSeconds = 1;

interface Speed {
  readonly requestsPerSecond: number;
  /** CPU time of the server's process for one request, in µs; null where the OS does not say. */
  readonly cpuMicroseconds: number | null;
  /** Cores the server kept busy. */
  readonly cores: number | null;
}

/** Requests per second of our server with metrics and no work, over a bare server of the same runtime. */
export async function overhead(settings: Settings, say: (line: string) => void): Promise<BenchmarkResult> {
  const generator = await findGenerator(pathWithRuntimes(process.env.PATH));
  const figures: Figure[] = [];
  const notes: string[] = [];
  for (const runtime of settings.runtimes) {
    const pairs: Pair<Speed>[] = [];
    for (let pair = 1; pair <= settings.pairs; pair += 1) {
      const { ours, other } = await measurePair(runtime, pair % 2 === 1, generator, settings);
      pairs.push({ ours, other });
      const [ourRate, bareRate] = [ours, other].map(({ requestsPerSecond }) => requestsPerSecond.toFixed(0));
      say(
        `overhead: ${runtime} pair ${pair} of ${settings.pairs}: ours ${ourRate}, bare ${bareRate} requests/s`,
      );
    }
    figures.push(...figuresOf(runtime, pairs));
    const cores = pairs.flatMap(({ other }) => (other.cores === null ? [] : [other.cores]));
    if (cores.length > 0) {
      notes.push(`${runtime}: the bare server kept at least ${Math.min(...cores).toFixed(2)} cores busy.`);
    }
  }
  if (!generator.fast) {
    notes.push(
      'k6 is slower than these servers, so the rates are its own and their ratio says nothing; only the CPU of a request does. Install wrk for the rates.',
    );
  }
  return {
    benchmark: 'overhead',
    about: `GET /data with WORK=none over ${settings.connections} kept connections for ${settings.seconds} s, after ${warmupSeconds} s of warm-up, by ${generator.name}: each pair is two fresh processes, loaded in turn for ${burstSeconds} s at a time; ratios within each pair.`,
    figures,
    notes,
  };
}

/** A pair: both servers in fresh processes, loaded in turn for a second each, so that a slow moment is in both. */
async function measurePair(
  runtime: Runtime,
  oursFirst: boolean,
  generator: Generator,
  { servers, connections, seconds }: Settings,
): Promise<Pair<Speed>> {
  const commands = {
    ours: ourServer(runtime, servers, 'inline', { WORK: 'none' }),
    other: fixtureServer(runtime, 'hello'),
  };
  const order: Side[] = oursFirst ? ['ours', 'other'] : ['other', 'ours'];
  const running = new Map<Side, RunningServer>();
  try {
    for (const side of order) {
      const server = await startServer(commands[side]);
      running.set(side, server);
      await generator.load(`${server.url}/data`, connections, warmupSeconds);
    }
    const bursts = await measurePairs(seconds, async (side) => {
      const server = running.get(side);
      if (server === undefined) throw new Error(`overhead: the ${side} server was not started`);
      const meter = openCpuMeter(server.pid);
      const before = meter.read();
      const completed = await generator.load(`${server.url}/data`, connections, burstSeconds);
      const after = meter.read();
      meter.close();
      return { ...completed, cpuSeconds: before === null || after === null ? null : after - before };
    });
    return {
      ours: toSpeed(bursts.map(({ ours }) => ours)),
      other: toSpeed(bursts.map(({ other }) => other)),
    };
  } finally {
    for (const server of running.values()) await server.stop();
  }
}

interface Burst extends Completed {
  /** CPU time of the server's process; null where the OS does not say. */
  readonly cpuSeconds: number | null;
}

function toSpeed(bursts: readonly Burst[]): Speed {
  const requests = bursts.reduce((sum, burst) => sum + burst.requests, 0);
  const seconds = bursts.reduce((sum, burst) => sum + burst.seconds, 0);
  const cpuSeconds = bursts.reduce<number | null>(
    (sum, burst) => (sum === null || burst.cpuSeconds === null ? null : sum + burst.cpuSeconds),
    0,
  );
  return {
    requestsPerSecond: requests / seconds,
    cpuMicroseconds: cpuSeconds === null ? null : (cpuSeconds / requests) * 1e6,
    cores: cpuSeconds === null ? null : cpuSeconds / seconds,
  };
}

/** The figures of one runtime: both rates, their ratio, and the same of the CPU of a request where the OS says it. */
function figuresOf(runtime: Runtime, pairs: readonly Pair<Speed>[]): Figure[] {
  const rates = pairs.map(({ ours, other }) => ({
    ours: ours.requestsPerSecond,
    other: other.requestsPerSecond,
  }));
  const cpu = pairs.flatMap(({ ours, other }) =>
    ours.cpuMicroseconds === null || other.cpuMicroseconds === null
      ? []
      : [{ ours: ours.cpuMicroseconds, other: other.cpuMicroseconds }],
  );
  const both = (what: string, unit: string, values: readonly Pair<number>[]) => [
    toFigure(
      `${runtime}, ${what}ours`,
      unit,
      values.map(({ ours }) => ours),
    ),
    toFigure(
      `${runtime}, ${what}bare`,
      unit,
      values.map(({ other }) => other),
    ),
  ];
  // Of the CPU, bare / ours: so that it reads like the ratio of the rates.
  const inverse = cpu.map(({ ours, other }) => ({ ours: other, other: ours }));
  return [
    ...both('', 'requests/s', rates),
    toFigure(`${runtime}, ours / bare`, 'ratio', ratios(rates)),
    ...(cpu.length === 0
      ? []
      : [
          ...both('CPU of a request, ', 'µs', cpu),
          toFigure(`${runtime}, CPU of a request, bare / ours`, 'ratio', ratios(inverse)),
        ]),
  ];
}
