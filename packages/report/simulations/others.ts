/** Prints the figures on stopping and on the capacity search that docs/statistics.md gives. */

import { seeded } from '../src/statistics/testing/random.ts';
import { campaign } from '../src/statistics/testing/searches.ts';
import {
  calledDifferent,
  narrow,
  narrowWithAllowance,
  significant,
} from '../src/statistics/testing/stopping.ts';

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const random = seeded(2027);

const runs = 2_000;
console.log(
  `Equal pairs called different when blocks are added until the rule is met, at most 60; ${runs} runs each.`,
);
console.log(
  '| spread between processes | blocks, mean | with the allowance | without it | stopped at the first difference |',
);
console.log('| ---: | ---: | ---: | ---: | ---: |');
for (const spread of [0.02, 0.03, 0.04, 0.055]) {
  const allowed = calledDifferent(runs, spread, narrowWithAllowance, random);
  const plain = calledDifferent(runs, spread, narrow, random);
  const hunted = calledDifferent(runs / 4, spread, significant, random);
  const shares = [allowed.allowedFor, plain.plain, hunted.plain].map(percent);
  console.log(`| ${[percent(spread), allowed.meanBlocks.toFixed(0), ...shares].join(' | ')} |`);
}

const searches = 300;
console.log(`\nCapacity searches from 0.9 of the ceiling, ${searches} each, at most 14 steps.`);
console.log(
  '| windows | spread between processes | steps disturbed | median, of the capacity | within 3 % | in the interval | confirmed | steps, mean | most |',
);
console.log('| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
for (const [windowSeconds, spread, disturbed] of [
  [2.4, 0.01, 0],
  [2.4, 0.02, 0],
  [2.4, 0.02, 0.03],
  [2.4, 0.055, 0],
  [10, 0.01, 0],
  [10, 0.02, 0],
  [10, 0.02, 0.03],
  [10, 0.055, 0],
] as const) {
  const of = { searches, windowSeconds, spread, disturbed };
  const { median, within, covered, confirmed, meanSteps, steps } = campaign(of, random);
  const figures = [
    `${windowSeconds} s`,
    ...[spread, disturbed].map(percent),
    median.toFixed(3),
    ...[within, covered, confirmed].map(percent),
    meanSteps.toFixed(1),
    steps,
  ];
  console.log(`| ${figures.join(' | ')} |`);
}
