import { LawName, StageName } from '@acceptbench/results/measurement';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import fc from 'fast-check';
import { aBook, aCell, aFailed, aMeasurement, anInvalid, aRun, aValid } from './builders.ts';

const rate = fc.oneof(
  fc.constant(0),
  fc.double({ min: 0, max: 1e12, noNaN: true }),
  fc.double({ min: 0, max: 1e-6, noNaN: true }),
);
const ms = fc.oneof(rate, fc.double({ min: -100, max: 1e9, noNaN: true }));
const count = fc.oneof(fc.nat(5), fc.nat());

const stageNames = StageName.options;

const measurement = fc.record({
  rates: fc.record({
    offeredPerSecond: rate,
    acceptedPerSecond: fc.option(rate),
    completedPerSecond: rate,
  }),
  acceptQueue: fc.option(
    fc.record({
      mean: rate,
      max: count,
      limit: fc.option(count.map((value) => value + 1)),
      overflows: fc.option(count),
      connectionSeconds: rate,
      samples: count,
      lateSamples: count,
      missedSamples: count,
      listeners: fc.array(
        fc.record({
          address: fc.constant('127.0.0.1:8080'),
          inode: count,
          limit: fc.option(count),
          mean: rate,
          max: count,
          connectionSeconds: rate,
        }),
        { maxLength: 3 },
      ),
    }),
  ),
  responseTimeMs: fc.record({ mean: ms, p50: ms, p90: ms, p99: ms, max: ms }),
  stages: fc
    .subarray(stageNames)
    .chain((stages) =>
      fc.tuple(
        ...stages.map((stage) => ms.map((meanMs) => ({ stage, meanMs, source: 'a test', isRest: false }))),
      ),
    ),
  residualMs: fc.option(ms),
  books: fc.array(
    fc.tuple(fc.constantFrom(...LawName.options), ms, ms, rate).map((sides) => aBook(...sides)),
    { maxLength: 12 },
  ),
  ceilingPerSecond: fc.option(rate.map((value) => value + 1e-6)),
  serviceTimeMs: fc.option(fc.record({ mean: ms, n: count })),
});

const cell = fc
  .record({
    runtime: fc.constantFrom('node', 'bun', 'a-runtime-with-a-name-that-goes-on-and-on'),
    topology: fc.constantFrom('inline', 'offload', 'reuseport', 'reuseport-offload', 'prefork'),
    workers: fc.integer({ min: 1, max: 64 }),
    policy: fc.constantFrom('close', 'keep-alive'),
    rate: fc.double({ min: 0.001, max: 1e9, noNaN: true }),
    ofCeiling: fc.double({ min: 0.001, max: 100, noNaN: true }),
  } as const)
  .map((change) => aCell(change));

/** Any run with any figures that the schema allows, over a few cells. */
export const anyRun: fc.Arbitrary<{ run: Run; replicates: Replicate[] }> = fc
  .uniqueArray(cell, { selector: ({ id }) => id, maxLength: 6 })
  .chain((cells) => {
    const run = aRun(cells);
    if (cells.length === 0) return fc.constant({ run, replicates: [] });
    const replicate = fc
      .tuple(fc.constantFrom(...cells), fc.integer({ min: 1, max: 4 }), measurement, fc.nat(5))
      .map(([of, block, change, outcome]): Replicate => {
        const measured = aMeasurement(of, undefined, change);
        if (outcome === 0) return aFailed(of, block, 'it did not start');
        if (outcome === 1) return anInvalid(of, block, [{ gate: 'a-gate', reason: 'a reason' }], measured);
        return aValid(of, block, measured);
      });
    return fc.array(replicate, { maxLength: 12 }).map((replicates) => ({ run, replicates }));
  });
