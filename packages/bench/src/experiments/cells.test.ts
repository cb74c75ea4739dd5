import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cell } from '@acceptbench/results/cell';
import { atRate, bothArms, plannedCeiling, toCells } from './cells.ts';
import type { LoadSpec, Shape } from './experiment.ts';
import { quick } from './quick.ts';

const calibration = {
  kind: 'wasm',
  targetMs: 4,
  iterations: 3_000_000,
  medianMs: 4,
  iqrMs: 0.1,
  n: 70,
} as const;
const machine = { calibrations: [calibration], cores: 2, freeCores: 1 };
const cells = toCells(quick.short, machine);

/** Every cell of quick's short form, changed; each is valid, and no two have one id. */
function cellsOf(change: Partial<Shape>, cores = 2) {
  const made = toCells({ ...quick.short, ...change }, { ...machine, cores, freeCores: cores - 1 });
  for (const cell of made) assert.deepEqual(Cell.parse(cell), cell);
  assert.equal(new Set(made.map(({ id }) => id)).size, made.length);
  return made;
}

test('quick is three runtimes × inline and offload × below and above the ceiling', () => {
  assert.equal(cellsOf({}).length, 12);
  const rates = cells.map(({ load }) => (load.kind === 'constant-arrival-rate' ? load.ratePerSecond : 0));
  assert.deepEqual([...new Set(rates)], [175, 325]);
});

test('each topology has its listeners, and a sweep of backlogs has a cell for each', () => {
  const topologies = [
    { topology: 'offload', workers: 4 },
    { topology: 'reuseport', workers: 3 },
    { topology: 'reuseport-offload', workers: 4, listeners: 2 },
    { topology: 'reuseport-offload', workers: 4 },
    { topology: 'prefork', workers: 2 },
  ] as const;
  const sweep = cellsOf({ topologies: [...topologies], backlogs: [16, 128] }, 5);
  const bun = sweep.filter(({ runtime, id }) => runtime === 'bun' && id.endsWith('0.7x'));
  assert.deepEqual(
    bun
      .filter(({ backlog, somaxconn }) => backlog === 16 && somaxconn === 16)
      .map(({ listeners }) => listeners),
    [1, 3, 2, 4, 2],
  );
  assert.ok(cells.every((cell) => !('somaxconn' in cell) && !('backlog' in cell)));
});

test('workers up to the cores are swept, and a queue limit is for offloading topologies only', () => {
  const sweep = cellsOf(
    {
      runtimes: ['node'],
      topologies: [
        { topology: 'inline', workers: 1 },
        { topology: 'offload', workers: 'up-to-cores' },
      ],
      queueLimits: [null, 8],
    },
    3,
  );
  assert.deepEqual(
    sweep
      .filter(({ id }) => id.endsWith('0.7x'))
      .map(({ topology, workers, queueLimit }) => `${topology} ${workers} ${queueLimit ?? '-'}`),
    ['inline 1 -', 'offload 1 -', 'offload 1 8', 'offload 2 -', 'offload 2 8', 'offload 3 -', 'offload 3 8'],
  );
});

test('rates outright, silent connections, bursts and other generators are loads too', () => {
  const windowed = { durationSeconds: 2, warmupSeconds: 1 };
  const made = cellsOf({
    runtimes: ['node'],
    topologies: [{ topology: 'inline', workers: 1 }],
    works: [{ kind: 'none' }],
    loads: [
      {
        kind: 'arrivals',
        ratesPerSecond: [500],
        silentConnections: [0, 100],
        warmupRatePerSecond: 50,
        ...windowed,
      },
      { kind: 'burst', connections: [100, 1000], warmupRatePerSecond: 50, ...windowed },
      { kind: 'closed-loop', generators: ['wrk'], connections: [64], ...windowed },
    ],
  });
  assert.deepEqual(
    made.map(({ id }) => id.replace('node-native-inline-w1-close-none-', '')),
    ['500rps', '500rps-silent100', 'burst100', 'burst1000', 'wrk64'],
  );
  assert.ok(made.every(({ load }) => !('ofCeiling' in load)));
  const burst: LoadSpec = { kind: 'burst', connections: [100], warmupRatePerSecond: 50, ...windowed };
  assert.throws(
    () => cellsOf({ loads: [burst], policies: ['close', 'keep-alive'] }),
    /policies: a burst has one request per connection/,
  );
  assert.throws(
    () => cellsOf({ loads: [{ ...burst, warmupSeconds: 0 }] }),
    /loads: .* give warmupSeconds and/,
  );
  assert.throws(
    () => cellsOf({ queueLimits: [4, 4], topologies: [{ topology: 'offload', workers: 1 }] }),
    /two cells would be called node-native-offload-w1-close-limit4-wasm-0\.7x/,
  );
  assert.throws(() => cellsOf({ works: [{ kind: 'none' }] }), /loads: ofCeiling needs work with a ceiling/);
});

test('a step of a search has its own rate and id, and an A/A run every cell twice', () => {
  const [cell] = cells;
  assert.ok(cell !== undefined);
  const step = atRate(cell, 231.00049);
  assert.deepEqual(
    [step.load, step.id],
    [
      { ...cell.load, ratePerSecond: 231, ofCeiling: undefined },
      'node-native-inline-w1-close-wasm-231rps',
    ].map((part) =>
      typeof part === 'string'
        ? part
        : Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)),
    ),
  );
  assert.deepEqual(
    bothArms([cell]).map(({ id, arm }) => [id, arm]),
    [
      [`${cell.id}@a`, 'a'],
      [`${cell.id}@b`, 'b'],
    ],
  );
});

test('the ceiling grows with workers until the free cores are used up', () => {
  assert.equal(plannedCeiling(1, 1, 4), 250);
  assert.equal(plannedCeiling(4, 2, 4), 500);
  assert.equal(plannedCeiling(2, 8, 4), 500);
});
