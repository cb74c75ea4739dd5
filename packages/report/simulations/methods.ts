/** Prints how the methods that docs/statistics.md weighs against each other do on the same simulated pairs. */

import { mean, sampleVariance } from 'simple-statistics';
import { toMeanPivot } from '../src/statistics/pivot.ts';
import { oneMode, type Spread, twoModes } from '../src/statistics/testing/comparisons.ts';
import { type Random, seeded } from '../src/statistics/testing/random.ts';

const comparisons = 1_000;
const resamples = 999;
const random = seeded(2028);

/** Student's 97.5 % quantiles, from the tables. */
const student: Readonly<Record<number, number>> = { 6: 2.571, 10: 2.262, 20: 2.093 };

const studentized = (values: readonly number[], against: number) =>
  Math.abs(mean([...values]) - against) / Math.sqrt(sampleVariance([...values]) / values.length);

const drawn = (logs: readonly number[]) =>
  logs.map(() => logs[Math.floor(random.uniform() * logs.length)] ?? 0);
const resample = (make: () => boolean) => Array.from({ length: resamples }, make).filter(Boolean).length;

type Method = (logs: readonly number[]) => boolean;

const methods: Readonly<Record<string, Method>> = {
  'ours: mirrored studentized bootstrap': (logs) => toMeanPivot(logs, { resamples }).pAgainst(0) <= 0.05,
  "Student's t": (logs) => studentized(logs, 0) > (student[logs.length] ?? Number.NaN),
  'plain studentized bootstrap': (logs) => {
    const [center, t] = [mean([...logs]), studentized(logs, 0)];
    // A draw without spread divides by zero: it is as extreme as can be, or NaN at its own centre, and counts either way.
    return 1 + resample(() => !(studentized(drawn(logs), center) < t)) <= 0.05 * (resamples + 1);
  },
  'percentile bootstrap': (logs) => {
    const above = resample(() => mean(drawn(logs)) > 0);
    return Math.min(above, resamples - above) < 0.025 * (resamples + 1);
  },
  'sign flips': (logs) => {
    const center = Math.abs(mean([...logs])) - 1e-12;
    const flipped = () => mean(logs.map((log) => (random.uniform() < 0.5 ? log : -log)));
    return 1 + resample(() => Math.abs(flipped()) >= center) <= 0.05 * (resamples + 1);
  },
};

/** One process in five is far off; 2 % within a mode, `sd` over both. */
const unevenModes =
  (sd: number): Spread =>
  (from: Random) =>
    (from.uniform() < 0.2 ? 2 : -0.5) * Math.sqrt(sd ** 2 - 0.02 ** 2) + 0.02 * from.normal();

const cases: readonly (readonly [string, number, Spread, Spread])[] = [
  ['5.5 %', 1, oneMode(0.055), oneMode(0.055)],
  ['5.5 %', 1.05, oneMode(0.055), oneMode(0.055)],
  ['8.5 %, two modes', 1, twoModes(0.085), twoModes(0.085)],
  ['8.5 %, uneven modes, against 2 %', 1, oneMode(0.02), unevenModes(0.085)],
];

console.log(
  `Called different, of ${comparisons} comparisons each (${resamples} resamples), at 6, 10 and 20 blocks.`,
);
console.log(`| spread | true ratio | ${Object.keys(methods).join(' | ')} |`);
console.log(`| --- | ---: |${' ---: |'.repeat(Object.keys(methods).length)}`);
for (const [name, ratio, base, head] of cases) {
  const shares = Object.values(methods).map(() => [0, 0, 0]);
  for (const [at, blocks] of [6, 10, 20].entries()) {
    for (let comparison = 0; comparison < comparisons; comparison += 1) {
      const logs = Array.from({ length: blocks }, () => Math.log(ratio) + head(random) - base(random));
      for (const [index, isDifferent] of Object.values(methods).entries()) {
        const counts = shares[index];
        if (counts !== undefined && isDifferent(logs)) counts[at] = (counts[at] ?? 0) + 1;
      }
    }
  }
  const texts = shares.map((counts) => counts.map((n) => ((100 * n) / comparisons).toFixed(1)).join(', '));
  console.log(`| ${[name, ratio, ...texts].join(' | ')} |`);
}
