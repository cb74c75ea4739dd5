/** Prints the error rates and the power that docs/statistics.md gives: `npm run simulate -w @acceptbench/report`. */

import { type Design, oneMode, shareDifferent, twoModes } from '../src/statistics/testing/comparisons.ts';
import { seeded } from '../src/statistics/testing/random.ts';

const comparisons = 6_000;
const random = seeded(2026);
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function row(name: string, design: Omit<Design, 'ratio'>): string {
  const ratios = [1, 1.05, 0.95].map((ratio) =>
    percent(shareDifferent(comparisons, { ...design, ratio }, random)),
  );
  return `| ${[name, design.blocks, design.processes ?? 1, ...ratios].join(' | ')} |`;
}

console.log(`Called faster or slower, of ${comparisons} comparisons each.`);
console.log('| spread between processes | blocks | processes a side and block | equal | × 1.05 | × 0.95 |');
console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
const spreads = [
  ['2 %', oneMode(0.02)],
  ['5.5 %', oneMode(0.055)],
  ['8.5 %, two modes', twoModes(0.085)],
] as const;
for (const [name, spread] of spreads) {
  for (const blocks of [6, 10, 20]) console.log(row(name, { blocks, spread }));
  console.log(row(name, { blocks: 20, spread, processes: 2 }));
}
for (const blocks of [21, 22, 23, 24]) console.log(row('5.5 %', { blocks, spread: oneMode(0.055) }));
const quarter = { spread: oneMode(0.055 * Math.sqrt(0.75)), blockSpread: 0.055 * Math.sqrt(0.25) };
console.log(row('5.5 %, a quarter of its variance the block’s', { blocks: 20, ...quarter }));
console.log(row('5.5 % of the ratio itself', { blocks: 20, spread: oneMode(0.055 / Math.SQRT2) }));
for (const blocks of [45, 48, 50, 52, 55]) {
  console.log(row('8.5 %, two modes', { blocks, spread: twoModes(0.085) }));
}
for (const blocks of [24, 26, 28]) {
  console.log(row('8.5 %, two modes', { blocks, spread: twoModes(0.085), processes: 2 }));
}
