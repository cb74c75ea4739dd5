import { defineExperiment, type Shape } from './experiment.ts';

const short: Shape = {
  runtimes: ['node', 'bun', 'deno'],
  apis: ['native'],
  topologies: [{ topology: 'offload', workers: 1 }],
  works: [{ kind: 'wasm', targetMs: 4 }],
  policies: ['close'],
  queueLimits: [null, 16],
  loads: [
    {
      kind: 'arrivals',
      ofCeiling: [1.2, 2, 3],
      durationSeconds: 2.4,
      warmupSeconds: 1,
      warmupOfCeiling: 0.5,
    },
  ],
  design: { kind: 'blocks', blocks: 2 },
};

export const overload = defineExperiment({
  name: 'overload',
  question:
    'At 1.2, 2 and 3 times the ceiling: what does shedding do to the right answers per second (goodput) and to p99, beside queueing without end?',
  howToRead:
    'Compare at one rate the cell without a limit with the one with a limit of 16 jobs. Without, everything accepted is answered in the end and everybody waits for all who came before: p99 grows with the length of the overload, so it says more about the window than about the server. With the limit, a request that finds 16 jobs waiting is refused with 503 at once: those answered waited 16 × 4 ms at most (and their own turn), and completed should stay at the ceiling. Where it falls with the rate, refusing costs what should have gone into answering. Shed responses are counted apart, with a mean time of their own; they are neither completed nor failed.',
  short,
  full: {
    ...short,
    topologies: [
      { topology: 'offload', workers: 1 },
      { topology: 'reuseport-offload', workers: 1, listeners: 2 },
    ],
    queueLimits: [null, 16, 64],
    loads: [
      {
        kind: 'arrivals',
        ofCeiling: [1.2, 2, 3],
        durationSeconds: 8,
        warmupSeconds: 2,
        warmupOfCeiling: 0.5,
      },
    ],
    design: { kind: 'blocks', blocks: 6 },
  },
});
