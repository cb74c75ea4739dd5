// What sampling costs: CPU of this process as a share of one core, at 50 samples a second, in a network namespace of
// its own. Rows are compared within one run; on a busy machine all of them are dearer. Run: npm run bench:probe
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openCpuMeter } from '../src/cpu.ts';
import { readSysctl } from '../src/host.ts';
import { enterNamespace, isolatedCommand } from '../src/isolation.ts';
import { startSampler } from '../src/sampler.ts';

const PERIOD_MS = 20;
const WARMUP_SECONDS = 1;
const SECONDS = 5;
const BLOCKS = 3;
const TIME_WAIT = 25_000;

/** Something that samples, how often it has so far, and its end. */
type Running = { count(): number; stop(): void };

type Row = { what: string; n: number; sharePercent: number; perSampleUs: number; startMs: number };

if (process.argv[2] !== 'inside') {
  const { program, args } = isolatedCommand(process.execPath, [fileURLToPath(import.meta.url), 'inside']);
  const child = spawn(program, args, { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  process.exitCode = code ?? 1;
} else {
  await enterNamespace();
  // So that the kernel does not use loopback's TIME-WAIT sockets again while they are counted on.
  writeFileSync('/proc/sys/net/ipv4/tcp_tw_reuse', '0');
  const server = await listen(8080);
  const rows: Row[] = [];
  for (let block = 0; block < BLOCKS; block++) rows.push(...(await measureBlock('empty table')));
  await fillTimeWait(server, TIME_WAIT);
  console.log(`sockets in TIME-WAIT: ${countTimeWait()}`);
  for (let block = 0; block < BLOCKS; block++) rows.push(...(await measureBlock('TIME-WAIT')));
  // They leave after 60 s, so a run in which they no longer stand has measured something else.
  console.log(`sockets in TIME-WAIT at the end: ${countTimeWait()}\n`);
  print(rows);
  process.exit();
}

async function measureBlock(table: string): Promise<Row[]> {
  const sampler = await measure(`sampler, ${table}`, () => {
    let n = 0;
    const { stop } = startSampler({
      ports: [8080],
      serverPid: process.pid,
      periodMs: PERIOD_MS,
      onSample: ({ kind }) => {
        n += kind === 'kernel' ? 1 : 0;
      },
    });
    return {
      count: () => n,
      stop() {
        const { notMeasured } = stop();
        if (notMeasured.length > 0) throw new Error(notMeasured.join('; '));
      },
    };
  });
  const timer = await measure(`a timer alone, ${table}`, () => poll(() => undefined));
  const ss = await measure(`ss -ltn, ${table}`, () => poll(() => execFile('ss', ['-H', '-ltn'])));
  return [sampler, timer, ss];
}

/**
 * CPU of this process and its children in the steady state: `WARMUP_SECONDS` after `start`. What the start itself
 * cost (opening files, placing the guard, compiling) is `startMs`.
 */
async function measure(what: string, start: () => Running): Promise<Row> {
  const meter = openCpuMeter(process.pid);
  const cpu = () => meter.read() ?? Number.NaN;
  const cpuAtStart = cpu();
  const running = start();
  await delay(WARMUP_SECONDS * 1000);
  const cpuBefore = cpu();
  const countBefore = running.count();
  const before = performance.now();
  await delay(SECONDS * 1000);
  const cpuSeconds = cpu() - cpuBefore;
  const seconds = (performance.now() - before) / 1000;
  const n = running.count() - countBefore;
  running.stop();
  // What is still running (ss) ends before the next row starts.
  await delay(50);
  const share = cpuSeconds / seconds;
  const startMs = (cpuBefore - cpuAtStart - share * WARMUP_SECONDS) * 1000;
  return { what, n, sharePercent: share * 100, perSampleUs: (cpuSeconds / n) * 1e6, startMs };
}

function poll(task: () => unknown): Running {
  let n = 0;
  const timer = setInterval(() => {
    n += 1;
    task();
  }, PERIOD_MS);
  return { count: () => n, stop: () => clearInterval(timer) };
}

async function listen(port: number): Promise<Server> {
  const server = createServer((socket) => socket.end().resume());
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Opens connections that the server closes first, so that they stay in TIME-WAIT for a minute. */
async function fillTimeWait(server: Server, n: number): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const open = async () => {
    const socket = connect({ port, host: '127.0.0.1' }).resume();
    await once(socket, 'close');
  };
  for (let made = 0; made < n; made += 100) await Promise.all(Array.from({ length: 100 }, open));
}

function countTimeWait(): number {
  return Number(/^TCP:.* tw (\d+)/m.exec(readFileSync('/proc/net/sockstat', 'latin1'))?.[1] ?? Number.NaN);
}

function print(rows: readonly Row[]): void {
  console.log(
    `node ${process.version}, Linux ${readSysctl('kernel.osrelease')}, one sample per ${PERIOD_MS} ms`,
  );
  console.log(
    'CPU of this process and what it starts, user and system; n samples; blocks lowest to highest\n',
  );
  console.log(
    '| what | n | median % of a core | lowest..highest | median us/sample | median ms CPU to start |\n| --- | ---: | ---: | ---: | ---: | ---: |',
  );
  for (const [what, same] of Map.groupBy(rows, (row) => row.what)) {
    const shares = same.map((row) => row.sharePercent).toSorted((a, b) => a - b);
    const each = same.map((row) => row.perSampleUs).toSorted((a, b) => a - b);
    const starts = same.map((row) => row.startMs).toSorted((a, b) => a - b);
    const n = same.reduce((sum, row) => sum + row.n, 0);
    const middle = Math.floor(same.length / 2);
    console.log(
      `| ${what} | ${n} | ${shares[middle]?.toFixed(2)} | ${shares[0]?.toFixed(2)}..${shares.at(-1)?.toFixed(2)} | ${each[middle]?.toFixed(0)} | ${starts[middle]?.toFixed(1)} |`,
    );
  }
}
