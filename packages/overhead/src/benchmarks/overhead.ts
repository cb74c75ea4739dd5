import { openCpuMeter } from '@acceptbench/probe/cpu';
import { median } from '@acceptbench/report/statistics/location';
import type { Runtime, Settings } from '../arguments.ts';
import { type BenchmarkResult, type Figure, toFigure } from '../figure.ts';
import { type Completed, findGenerator, type Generator } from '../generator.ts';
import { ratios } from '../pairs.ts';
import { type RunningServer, startServer } from '../processes.ts';
import { fixtureServer, ourServer, pathWithRuntimes } from '../servers.ts';

const warmupSeconds = 1;
const burstSeconds = 1;

/** `timed` is the bare one with what a server that has routes and times its requests can't do without. */
const contestants = ['ours', 'timed', 'bare'] as const;
type Contestant = (typeof contestants)[number];
type Each<T> = Readonly<Record<Contestant, T>>;

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
    const blocks: Each<Speed>[] = [];
    for (let block = 1; block <= settings.pairs; block += 1) {
      const speeds = await measureBlock(runtime, block % 2 === 0, generator, settings);
      blocks.push(speeds);
      const rates = contestants.map((name) => `${name} ${speeds[name].requestsPerSecond.toFixed(0)}`);
      say(`overhead: ${runtime} block ${block} of ${settings.pairs}: ${rates.join(', ')} requests/s`);
    }
    figures.push(...figuresOf(runtime, blocks));
    const cores = blocks.flatMap(({ bare }) => (bare.cores === null ? [] : [bare.cores]));
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
    about: `GET /data with WORK=none over ${settings.connections} kept connections for ${settings.seconds} s, after ${warmupSeconds} s of warm-up, by ${generator.name}: each block is a fresh process of each, loaded in turn for ${burstSeconds} s at a time, of which the median counts; ratios within each block. Timed is the bare server that also reads the request's method and target, and the clock twice.`,
    figures,
    notes,
  };
}

/** A block: each server in a fresh process, loaded in turn for a second each, so that a slow moment is in all of them. */
async function measureBlock(
  runtime: Runtime,
  reversed: boolean,
  generator: Generator,
  { servers, connections, seconds }: Settings,
): Promise<Each<Speed>> {
  const commands = {
    ours: ourServer(runtime, servers, 'inline', { WORK: 'none' }),
    timed: fixtureServer(runtime, 'timed'),
    bare: fixtureServer(runtime, 'hello'),
  };
  const running: { readonly name: Contestant; readonly server: RunningServer }[] = [];
  const bursts: Record<Contestant, Burst[]> = { ours: [], timed: [], bare: [] };
  try {
    for (const name of reversed ? contestants.toReversed() : contestants) {
      const server = await startServer(commands[name]);
      running.push({ name, server });
      await generator.load(`${server.url}/data`, connections, warmupSeconds);
    }
    for (let round = 0; round < seconds; round += 1) {
      for (const { name, server } of round % 2 === 0 ? running : running.toReversed()) {
        bursts[name].push(await burst(server, generator, connections));
      }
    }
  } finally {
    for (const { server } of running) await server.stop();
  }
  return { ours: toSpeed(bursts.ours), timed: toSpeed(bursts.timed), bare: toSpeed(bursts.bare) };
}

interface Burst extends Completed {
  /** CPU time of the server's process; null where the OS does not say. */
  readonly cpuSeconds: number | null;
}

async function burst(server: RunningServer, generator: Generator, connections: number): Promise<Burst> {
  const meter = openCpuMeter(server.pid);
  const before = meter.read();
  const completed = await generator.load(`${server.url}/data`, connections, burstSeconds);
  const after = meter.read();
  meter.close();
  return { ...completed, cpuSeconds: before === null || after === null ? null : after - before };
}

/** The median of the bursts, so that a moment in which the machine was another's is not in it. */
function toSpeed(bursts: readonly Burst[]): Speed {
  const medianOf = (figure: (burst: Burst) => number) => median(bursts.map(figure));
  const told = bursts.every(({ cpuSeconds }) => cpuSeconds !== null);
  return {
    requestsPerSecond: medianOf(({ requests, seconds }) => requests / seconds),
    cpuMicroseconds: told
      ? medianOf(({ cpuSeconds, requests }) => ((cpuSeconds ?? 0) / requests) * 1e6)
      : null,
    cores: told ? medianOf(({ cpuSeconds, seconds }) => (cpuSeconds ?? 0) / seconds) : null,
  };
}

/** The figures of one runtime: the rates, their ratios to the bare one's, and the same of the CPU of a request where the OS says it. */
function figuresOf(runtime: Runtime, blocks: readonly Each<Speed>[]): Figure[] {
  const rates = blocks.map((block) => toEach((name) => block[name].requestsPerSecond));
  const cpu = blocks
    .map((block) => toEach((name) => block[name].cpuMicroseconds ?? Number.NaN))
    .filter((each) => contestants.every((name) => Number.isFinite(each[name])));
  const figure = (what: string, unit: string, values: readonly number[]) =>
    values.length === 0 ? [] : [toFigure(`${runtime}, ${what}`, unit, values)];
  const others = contestants.filter((name) => name !== 'bare');
  return [
    ...contestants.flatMap((name) => figure(name, 'requests/s', valuesOf(rates, name))),
    ...others.flatMap((name) =>
      figure(
        `${name} / bare`,
        'ratio',
        ratios(rates.map((each) => ({ ours: each[name], other: each.bare }))),
      ),
    ),
    ...contestants.flatMap((name) => figure(`CPU of a request, ${name}`, 'µs', valuesOf(cpu, name))),
    // Of the CPU the other way round, so that it reads like the ratio of the rates.
    ...others.flatMap((name) =>
      figure(
        `CPU of a request, bare / ${name}`,
        'ratio',
        ratios(cpu.map((each) => ({ ours: each.bare, other: each[name] }))),
      ),
    ),
  ];
}

function toEach<T>(of: (name: Contestant) => T): Each<T> {
  return { ours: of('ours'), timed: of('timed'), bare: of('bare') };
}

function valuesOf(all: readonly Each<number>[], name: Contestant): number[] {
  return all.map((each) => each[name]);
}
