import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cell, Load } from '@acceptbench/results/cell';
import type { Measurement } from '@acceptbench/results/measurement';
import type { ValidReplicate } from '@acceptbench/results/replicate';
import { toSearches } from '../analysis/search.ts';
import { toComparisons } from '../model/comparisons.ts';
import { toContext } from '../model/context.ts';
import { aCell, aMeasurement, aRun, aValid, type Waits } from '../testing/builders.ts';
import { imbalance } from './balance.ts';
import { toFirst } from './kinds.ts';

const calm: Waits = { acceptQueue: 0.1, work: 4, process: 0.2 };

/** A cell with an id of its own, and its measurement in each of some blocks. */
type Given = {
  cell: Cell;
  change?: Partial<Measurement> & { completed?: number };
  waits?: Waits;
  p99?: number;
};

function first(given: readonly Given[], blocks = 2) {
  const named = given.map(({ cell, ...rest }, index) => ({
    ...rest,
    cell: { ...cell, id: `${cell.id}-${index}` },
  }));
  const replicates = named.flatMap(({ cell, change = {}, waits = calm, p99 }): ValidReplicate[] =>
    Array.from({ length: blocks }, (_, index) => {
      const measured = aMeasurement(cell, waits, change);
      const responseTimeMs = { ...measured.responseTimeMs, ...(p99 === undefined ? {} : { p99 }) };
      return aValid(cell, index + 1, { ...measured, responseTimeMs });
    }),
  );
  const context = toContext(aRun(named.map(({ cell }) => cell)), replicates);
  return toFirst(context, toComparisons(context));
}

const idsOf = ({ charts }: ReturnType<typeof first>) => charts.map(({ id }) => id);
const said = ({ answers }: ReturnType<typeof first>) =>
  Object.fromEntries(answers.answers.map(({ subject, sentences }) => [subject, sentences]));

const withLoad = (cell: Cell, load: Partial<Load>): Cell => ({
  ...cell,
  load: { ...cell.load, ...load } as Load,
});

describe('a sweep of rates', () => {
  const at = (topology: 'inline' | 'offload', rate: number): Given => {
    const completed = Math.min(rate, 245);
    const accepted = topology === 'inline' ? completed : rate;
    return {
      cell: aCell({ topology, rate, ofCeiling: rate / 250 }),
      change: {
        completed,
        rates: { offeredPerSecond: rate, acceptedPerSecond: accepted, completedPerSecond: completed },
      },
      p99: rate > 250 ? 2000 : 12,
    };
  };
  const shown = first([100, 200, 250, 400].flatMap((rate) => [at('inline', rate), at('offload', rate)]));

  it('says what was accepted and completed at the highest rate', () => {
    assert.equal(
      shown.answers.headline,
      'At 400 req/s offered, inline accepted 245 and completed 245; offload with 1 worker accepted 400 and completed 245 a second.',
    );
  });

  it('says the slope of accepted on completed, and when p99 rises', () => {
    const [inline, offload] = said(shown).bun ?? [];
    assert.equal(
      inline,
      'Inline: accepts 1.00 connections (range 1.00 to 1.00, n = 2) for each request it completes; completes at most 245 req/s (ceiling 250); p99 stays within 2 × its 12 ms up to 250 req/s (1 × the ceiling), and is 2 s at 400.',
    );
    assert.match(offload ?? '', /^Offload with 1 worker: accepts 1\.54 connections/);
  });

  it('says what the article’s figure would take here', () => {
    assert.match(
      said(shown)['the article']?.join(' ') ?? '',
      /At the 4 ms that a request takes here, 1300 a second keep 5\.20 cores busy: .* it has 1 beside/,
    );
  });

  it('shows accepted and p99 by rate', () => {
    assert.deepEqual(idsOf(shown).slice(-3), ['offered-accepted', 'p99-by-rate', 'offered-completed']);
  });
});

describe('a burst', () => {
  const burst = (connections: number, acceptedMs: number) => ({
    acceptedMs,
    connections,
    connected: connections,
    connectedMs: 100,
    refused: 0,
    drainedMs: 5200,
    before: { meanMs: 1.4, n: 80 },
    nextMs: 5100,
    recoveredMs: 5300,
  });
  const of = (
    topology: 'inline' | 'offload',
    connections: number,
    acceptedMs: number,
    overflows: number,
  ): Given => {
    const cell = {
      ...aCell({ topology }),
      load: {
        kind: 'burst' as const,
        connections,
        warmupSeconds: 1,
        warmupRatePerSecond: 50,
        durationSeconds: 2,
      },
    };
    const { acceptQueue } = aMeasurement();
    assert.ok(acceptQueue !== null);
    return {
      cell,
      change: { burst: burst(connections, acceptedMs), acceptQueue: { ...acceptQueue, overflows } },
    };
  };

  it('says how long until all were accepted, answered, and until the next is as before', () => {
    const shown = first([
      of('inline', 100, 90, 0),
      of('inline', 5000, 5000, 4100),
      of('offload', 5000, 40, 0),
    ]);
    assert.equal(
      shown.answers.headline,
      'Of 5000 connections at one instant, inline accepts all within 5 s, with 4100 overflows; offload with 1 worker accepts all within 40 ms, with 0 overflows.',
    );
    assert.deepEqual(idsOf(shown).slice(-3), ['burst-accepted', 'burst-drained', 'burst-overflows']);
    assert.match(
      said(shown).bun?.[0] ?? '',
      /The next normal request takes 5\.10 s \(1\.40 ms before\), and is as before after 5\.30 s \(n = 2\)/,
    );
    const overflows = shown.charts.find(({ id }) => id === 'burst-overflows');
    assert.equal(overflows?.finding, '1 of 3 cells overflow, from 5000 connections on.');
  });
});

describe('silent connections', () => {
  it('says p99 beside them and without', () => {
    const cell = aCell({ rate: 150, ofCeiling: 0.6 });
    const shown = first([
      { cell, p99: 6 },
      {
        cell: withLoad(cell, { silentConnections: 5000 }),
        p99: 9,
        change: {
          peak: { serverRssBytes: 2 ** 27, serverDescriptors: 5040, halfOpen: 512 },
          silent: { asked: 5000, connected: 5000, closedByServer: 12, openedFromMs: 0, settledAtMs: 1 },
        },
      },
    ]);
    assert.equal(
      shown.answers.headline,
      'Beside 5000 silent connections p99 is 9 ms; without any it is 6 ms.',
    );
    assert.match(
      said(shown).bun?.[0] ?? '',
      /^Inline, 5000 silent: p99 9 ms, 128 MiB, 5040 descriptors \(without: 6 ms, 85\.8 MiB, 320 descriptors\); at most 512 half-open, 12 closed by the server \(n = 2\)\.$/,
    );
    assert.deepEqual(idsOf(shown).slice(-2), ['silent-p99', 'silent-memory']);
  });
});

describe('overload with shedding', () => {
  it('compares goodput and p99 with a limit and without', () => {
    const cell = aCell({ topology: 'offload', rate: 750, ofCeiling: 3 });
    const requests = { started: 1000, dropped: 0, completed: 330, failed: 0, shed: 670, shedMeanMs: 1.2 };
    const shown = first([
      { cell, p99: 4400, change: { completed: 246 } },
      { cell: { ...cell, queueLimit: 16 }, p99: 78, change: { completed: 244, requests } },
    ]);
    assert.equal(
      shown.answers.headline,
      'At 750 req/s offered, without a limit p99 is 4.40 s at 246 right answers a second; with a limit of 16 p99 is 78 ms at 244 right answers a second.',
    );
    assert.match(
      said(shown).bun?.[1] ?? '',
      /with a limit of 16: 244 right answers a second, p99 78 ms; 67 % are shed, after 1\.20 ms on average/,
    );
  });
});

describe('limits of the accept queue', () => {
  it('says where it overflows, and p99 at both ends', () => {
    const of = (backlog: number, overflows: number, p99: number): Given => {
      const { acceptQueue } = aMeasurement();
      assert.ok(acceptQueue !== null);
      return {
        cell: aCell({ backlog, somaxconn: backlog }),
        p99,
        change: { acceptQueue: { ...acceptQueue, overflows } },
      };
    };
    const shown = first([of(16, 900, 7100), of(511, 12, 3100), of(4096, 0, 1900)]);
    assert.equal(
      shown.answers.headline,
      'With places for 16 connections p99 is 7.10 s, with 900 overflows; with places for 4096 p99 is 1.90 s, with 0 overflows.',
    );
    assert.equal(
      shown.charts.find(({ id }) => id === 'backlog-overflows')?.finding,
      'The queue overflows up to a limit of 511.',
    );
    assert.equal(said(shown).bun?.length, 3);
  });

  it('names the limits of which nothing counts', () => {
    const [some, none] = [16, 511].map((backlog) => ({ ...aCell({ backlog }), id: `bun-${backlog}` }));
    assert.ok(some !== undefined && none !== undefined);
    const context = toContext(aRun([some, none]), [aValid(some, 1, aMeasurement(some))]);
    const { answers } = toFirst(context, toComparisons(context));
    assert.equal(
      answers.answers[0]?.sentences.at(-1),
      '1 cell without a valid replicate: inline (backlog 511).',
    );
  });
});

describe('several listeners', () => {
  it('says how uneven their queues are, and p99 by topology', () => {
    const cell = aCell({ topology: 'reuseport', workers: 2, listeners: 2, rate: 200, ofCeiling: 0.8 });
    const { acceptQueue } = aMeasurement(cell);
    const [listener] = acceptQueue?.listeners ?? [];
    assert.ok(acceptQueue !== null && listener !== undefined);
    const uneven = {
      ...acceptQueue,
      listeners: [
        { ...listener, connectionSeconds: 9 },
        { ...listener, inode: 2, connectionSeconds: 3 },
      ],
    };
    const shown = first([
      { cell, p99: 80, change: { acceptQueue: uneven } },
      { cell: aCell({ topology: 'offload', workers: 2, rate: 200, ofCeiling: 0.8 }), p99: 30 },
    ]);
    assert.equal(
      shown.answers.headline,
      'p99 at the highest load: reuseport with 2 loops 80 ms (fullest queue 1.50 × the mean); offload with 2 workers 30 ms.',
    );
    assert.match(said(shown).bun?.[0] ?? '', /of 2 queues the fullest held 1\.50 × the mean/);
  });

  it('has no imbalance where there is one queue, or nothing waited', () => {
    const { acceptQueue } = aMeasurement();
    assert.equal(imbalance({ acceptQueue }), null);
    assert.equal(imbalance({ acceptQueue: null }), null);
  });
});

describe('kinds of work', () => {
  it('says how far apart the runtimes are with each', () => {
    const of = (runtime: string, kind: 'format' | 'wasm', meanMs: number): Given => ({
      cell: aCell({ runtime, work: { kind, iterations: 1000 }, rate: 75, ofCeiling: 0.3 }),
      change: { serviceTimeMs: { mean: meanMs, n: 100 } },
    });
    const shown = first([
      of('node', 'format', 4),
      of('bun', 'format', 8),
      of('node', 'wasm', 4),
      of('bun', 'wasm', 4.04),
    ]);
    assert.equal(
      shown.answers.headline,
      'With format a request takes 8 ms of CPU on bun, 2.00 × the 4 ms on node; with wasm it takes 4 to 4.04 ms on each of 2 runtimes.',
    );
    assert.ok(idsOf(shown).includes('service-time'));
  });
});

describe('no work', () => {
  it('says what a request costs', () => {
    const of = (policy: 'close' | 'keep-alive', serverSeconds: number): Given => {
      const cell = aCell({ policy, work: { kind: 'none', iterations: 0 }, rate: 500 });
      const { cpu, requests } = aMeasurement(cell);
      return { cell, change: { cpu: { ...cpu, serverSeconds }, requests: { ...requests, completed: 5000 } } };
    };
    const shown = first([of('close', 1), of('keep-alive', 0.5)]);
    const chart = shown.charts.find(({ id }) => id === 'cpu-per-request');
    assert.ok(chart?.drawing.kind === 'lines');
    // One runtime's two policies look alike: each has a panel, so that no two lines of one are to be told apart.
    assert.deepEqual(
      chart.drawing.panels.map(({ title, lines }) => [title, lines.map(({ name }) => name)]),
      [
        ['close', ['bun']],
        ['keep-alive', ['bun']],
      ],
    );
    assert.equal(
      shown.answers.headline,
      'Without any work a request costs the server, in CPU time, with close 200 µs (bun, 1.3 × the ceiling); with keep-alive 100 µs (bun, 1.3 × the ceiling).',
    );
  });
});

describe('an experiment of one’s own', () => {
  it('says where most of the time goes by', () => {
    const shown = first([{ cell: aCell(), waits: { acceptQueue: 884, work: 4, process: 1 } }]);
    assert.equal(shown.answers.headline, 'Most of the time goes by: inline, in the accept queue (bun 99 %).');
  });

  it('says first what was shown to differ at the highest load', () => {
    const headlineOf = (blocks: number) => {
      const cells = ['before', 'after'].map((runtime) => ({ ...aCell({ runtime, rate: 500 }), id: runtime }));
      const replicates = cells.flatMap((cell, side) =>
        Array.from({ length: blocks }, (_, block) => {
          const completedPerSecond = (side === 0 ? 230 : 207) * (1 + 0.001 * Math.cos(3 * block + side));
          const rates = { offeredPerSecond: 500, acceptedPerSecond: 230, completedPerSecond };
          return aValid(cell, block + 1, aMeasurement(cell, undefined, { rates }));
        }),
      );
      const context = toContext(aRun(cells), replicates);
      return toFirst(context, toComparisons(context)).answers.headline ?? '';
    };
    assert.match(
      headlineOf(8),
      /^Slower: after completed fewer requests than before, 0\.90 × .*n = 8\)\. Most of the/,
    );
    assert.match(headlineOf(2), /^Most of the/);
  });
});

describe('a search for the highest rate', () => {
  const cell = aCell({ runtime: 'node', rate: 200, ofCeiling: 0.8 });
  const design = { kind: 'search' as const, objectives: [{ p99Ms: 50 }], maxSteps: 14 };
  const run = aRun([cell], { experiment: { ...aRun([]).experiment, design } });

  /** Replicates of a cell whose capacity is known, at each rate that the search asks for. */
  function searched(capacityPerSecond: number, mostSteps = 20): ValidReplicate[] {
    const replicates: ValidReplicate[] = [];
    while (replicates.length < mostSteps) {
      const move = toSearches(run, replicates)[0]?.move;
      if (move?.state !== 'step') break;
      const rate = move.ratePerSecond;
      const step =
        rate === 200 ? cell : { ...cell, id: `node-${rate}`, load: { ...cell.load, ratePerSecond: rate } };
      const measured = aMeasurement(step, calm, { completed: rate });
      const p99 = rate <= capacityPerSecond ? 12 : 900;
      replicates.push(
        aValid(step, replicates.length + 1, {
          ...measured,
          responseTimeMs: { ...measured.responseTimeMs, p99 },
        }),
      );
    }
    return replicates;
  }
  const firstOf = (replicates: ValidReplicate[]) => {
    const context = toContext(run, replicates);
    return toFirst(context, toComparisons(context));
  };

  it('shows what was found with its interval, beside the ceiling', () => {
    const shown = firstOf(searched(230));
    const [chart] = shown.charts;
    assert.deepEqual(idsOf(shown), ['capacity-50', 'p99-by-rate', 'offered-completed']);
    assert.match(chart?.finding ?? '', /^Capacity is 9\d\.?\d* % of the ceiling\.$/);
    assert.ok(chart?.drawing.kind === 'dots');
    const [row] = chart.drawing.rows;
    assert.equal(row?.mark, 250);
    assert.ok(Math.abs((row?.value ?? 0) / 230 - 1) < 0.03, `${row?.value}`);
    assert.ok((row?.low ?? 0) < (row?.value ?? 0) && (row?.value ?? 0) < (row?.high ?? 0));
  });

  it('has the steps of a search in one group, by rate', () => {
    const { groups } = toContext(run, searched(230));
    assert.equal(groups.length, 1);
    const rates =
      groups[0]?.cells.map(({ load }) => (load.kind === 'constant-arrival-rate' ? load.ratePerSecond : 0)) ??
      [];
    assert.ok(rates.length > 3);
    assert.deepEqual(
      rates,
      rates.toSorted((a, b) => a - b),
    );
  });
});
