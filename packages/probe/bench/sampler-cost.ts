// What sampling costs: CPU of this process as a share of one core, at 50 samples a second, in a network namespace of
// its own, with a server and a load generator to watch. The rows take turns within each block, so that what else the machine does is in all of
// them. Run: npm run bench:probe; `npm run bench:probe -- --blocks 4` for another number of blocks than 8.
import { execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readSysctl } from '../src/host.ts';
import { enterNamespace, isolatedCommand } from '../src/isolation.ts';
import { findPlace } from '../src/listenGuard.ts';
import { parseProcessStat } from '../src/processStat.ts';
import { readProc } from '../src/procFile.ts';
import { prepareSampler } from '../src/sampler.ts';
import { countTimeWait, keepTimeWait, prepareTimeWait } from './timeWait.ts';

const PERIOD_MS = 20;
const WARMUP_SECONDS = 2;
const SECONDS = 4;
const TIME_WAIT = 25_000;

/** Something that samples, how often it has so far, and its end. */
type Running = { count(): number; stop(): Promise<void> };

/** The server's port, and the two processes. */
type Watched = { port: number; server: number; load: number };

type Row = { table: string; what: string; n: number; sharePercent: number; perSampleUs: number };

const { values, positionals } = parseArgs({
  options: { blocks: { type: 'string', default: '8' } },
  allowPositionals: true,
});
const blocks = Number(values.blocks);
if (!(Number.isInteger(blocks) && blocks >= 1 && blocks <= 100)) {
  console.error(`--blocks ${values.blocks}: accepted is a whole number from 1 to 100`);
  process.exit(2);
}

if (positionals[0] !== 'inside') {
  const { program, args } = isolatedCommand(process.execPath, [
    fileURLToPath(import.meta.url),
    'inside',
    '--blocks',
    values.blocks,
  ]);
  const child = spawn(program, args, { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  process.exitCode = code ?? 1;
} else {
  await enterNamespace();
  prepareTimeWait();
  const place = await findPlace();
  if (place === null) throw new Error('the table of listeners does not show our own');
  const peer = fileURLToPath(new URL('./peer.ts', import.meta.url));
  const [server, load] = [fork(peer, [String(place.port)]), fork(peer)];
  await Promise.all([once(server, 'message'), once(load, 'message')]);
  const watched = { port: place.port, server: server.pid ?? 0, load: load.pid ?? 0 };
  const rows: Row[] = [];
  for (let block = 0; block < blocks; block++)
    rows.push(...(await measureBlock('no other socket', 0, watched)));
  for (let block = 0; block < blocks; block++) {
    rows.push(...(await measureBlock('25,000 in TIME-WAIT', TIME_WAIT, watched)));
  }
  print(rows);
  process.exit();
}

async function measureBlock(table: string, timeWait: number, watched: Watched) {
  const rows: Row[] = [];
  for (const [what, start] of [
    ['the sampler', () => startOurs(watched)],
    ['a timer that does nothing', () => poll(() => undefined)],
    ['polling ss -ltn', () => poll(() => execFile('ss', ['-H', '-ltn']))],
  ] as const) {
    await keepTimeWait(timeWait, (WARMUP_SECONDS + SECONDS + 4) * 1000, watched.port);
    rows.push({ table, what, ...(await measure(start)) });
    const left = countTimeWait();
    if (left < timeWait * 0.99)
      throw new Error(`${what}: only ${left} of ${timeWait} sockets in TIME-WAIT were left`);
  }
  return rows;
}

async function startOurs({ port, server, load }: Watched): Promise<Running> {
  let n = 0;
  const prepared = await prepareSampler({ rehearse: true });
  const sampler = await prepared.start({
    ports: [port],
    serverPid: server,
    loadPid: () => load,
    periodMs: PERIOD_MS,
    onSample: ({ kind }) => {
      n += kind === 'kernel' ? 1 : 0;
    },
  });
  return {
    count: () => n,
    async stop() {
      const { notMeasured } = await sampler.stop();
      prepared.close();
      if (notMeasured.length > 0) throw new Error(notMeasured.join('; '));
    },
  };
}

async function poll(task: () => unknown): Promise<Running> {
  let n = 0;
  const timer = setInterval(() => {
    n += 1;
    task();
  }, PERIOD_MS);
  return { count: () => n, stop: async () => clearInterval(timer) };
}

/** In the steady state, `WARMUP_SECONDS` after the start: what starting costs is over before anything is measured. */
async function measure(start: () => Promise<Running>): Promise<Omit<Row, 'table' | 'what'>> {
  const running = await start();
  await delay(WARMUP_SECONDS * 1000);
  const [cpuBefore, countBefore, before] = [cpuSeconds(), running.count(), performance.now()];
  await delay(SECONDS * 1000);
  const used = cpuSeconds() - cpuBefore;
  const seconds = (performance.now() - before) / 1000;
  const n = running.count() - countBefore;
  await running.stop();
  // What is still running (ss) ends before the next row starts.
  await delay(50);
  return { n, sharePercent: (used / seconds) * 100, perSampleUs: (used / n) * 1e6 };
}

/** Of this process with all its threads, in µs; and of the children that have ended, in ticks of 10 ms. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  const reaped = parseProcessStat(readProc('/proc/self/stat') ?? '')?.reapedSeconds ?? Number.NaN;
  return (user + system) / 1e6 + reaped;
}

function print(rows: readonly Row[]): void {
  console.log(
    `node ${process.version}, Linux ${readSysctl('kernel.osrelease')}, one sample per ${PERIOD_MS} ms, ${blocks} blocks of ${SECONDS} s\n`,
  );
  console.log('| sockets | what | % of a core: median (range) | µs a sample | of the timer alone |');
  console.log('| --- | --- | ---: | ---: | ---: |');
  for (const [table, each] of Map.groupBy(rows, (row) => row.table)) {
    const timer = each.filter(({ what }) => what === 'a timer that does nothing');
    for (const [what, same] of Map.groupBy(each, (row) => row.what)) {
      const shares = same.map((row) => row.sharePercent).toSorted((a, b) => a - b);
      const perSample = median(same.map((row) => row.perSampleUs));
      const ratio = median(
        same.map((row, block) => row.sharePercent / (timer[block]?.sharePercent ?? Number.NaN)),
      );
      console.log(
        `| ${table} | ${what} | ${median(shares).toFixed(2)} (${shares[0]?.toFixed(2)} to ${shares.at(-1)?.toFixed(2)}) | ${perSample.toFixed(0)} | × ${ratio.toFixed(1)} |`,
      );
    }
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [lower = Number.NaN, upper = Number.NaN] = [
    sorted[Math.ceil(sorted.length / 2) - 1],
    sorted[Math.floor(sorted.length / 2)],
  ];
  return (lower + upper) / 2;
}
