import { defineExperiment, type Shape } from './experiment.ts';

const short: Shape = {
  runtimes: ['node', 'bun', 'deno'],
  apis: ['native'],
  topologies: [
    { topology: 'inline', workers: 1 },
    { topology: 'offload', workers: 1 },
  ],
  works: [{ kind: 'wasm', targetMs: 4 }],
  policies: ['close'],
  // The first step; the search goes up or down from it.
  loads: [
    { kind: 'arrivals', ofCeiling: [0.9], durationSeconds: 2.4, warmupSeconds: 1, warmupOfCeiling: 0.5 },
  ],
  design: { kind: 'search', objectives: [{ p99Ms: 50 }, { p99Ms: 20 }], maxSteps: 14 },
};

export const capacity = defineExperiment({
  name: 'capacity',
  question:
    'What is the highest rate at which each runtime and topology still answers 99 of 100 requests within 50 ms, without a failure, a dropped arrival or a full accept queue; and what is it within 20 ms?',
  howToRead:
    'Each figure is the end of a search: from 0.9 of the ceiling the rate moves by growing steps until the objective is met at one and missed at another, then the interval is halved until it is 3 % wide, each step at a fixed rate of its own in a fresh process; the rate found is confirmed by repeats there and 5 % above. A rate at which the queue was still growing as the window closed is missed, though p99 was within. Compare a capacity with the ceiling: below it by a few percent is all that queueing leaves; the rest is what accepting, parsing and handing over cost. A higher capacity of inline than of offload is no contradiction: a hop to a worker costs, and one worker has no more cores than one loop. The distance between the two objectives says how sharply latency rises at the end.',
  short,
  full: {
    ...short,
    topologies: [
      { topology: 'inline', workers: 1 },
      { topology: 'offload', workers: 'up-to-cores' },
      { topology: 'reuseport', workers: 'up-to-cores' },
    ],
    policies: ['close', 'keep-alive'],
    loads: [
      { kind: 'arrivals', ofCeiling: [0.9], durationSeconds: 10, warmupSeconds: 2, warmupOfCeiling: 0.5 },
    ],
  },
});
