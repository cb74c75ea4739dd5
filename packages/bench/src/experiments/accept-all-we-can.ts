import { defineExperiment, type Shape } from './experiment.ts';

const windowed = { durationSeconds: 2.4, warmupSeconds: 1, warmupOfCeiling: 0.5 };

const short: Shape = {
  runtimes: ['node', 'bun', 'deno'],
  apis: ['native'],
  topologies: [
    { topology: 'inline', workers: 1 },
    { topology: 'offload', workers: 'up-to-cores' },
  ],
  works: [{ kind: 'wasm', targetMs: 4 }],
  policies: ['close'],
  loads: [
    { kind: 'arrivals', ofCeiling: [0.5, 0.8], ...windowed },
    // Through the ceiling: where exactly it is, is what the steps are to show.
    { kind: 'arrivals', ofCeiling: [1, 1.25, 1.6], mayOverload: true, ...windowed },
  ],
  design: { kind: 'blocks', blocks: 1 },
};

const longer = { durationSeconds: 8, warmupSeconds: 2, warmupOfCeiling: 0.5 };

export const acceptAllWeCan = defineExperiment({
  name: 'accept-all-we-can',
  question:
    'The article, step by step: one request per connection, 4 ms of work, rates that rise through the ceiling. Does a server accept more than it completes once the work is off the event loop, and how much more does it complete?',
  howToRead:
    'Follow one runtime from rate to rate. Inline, accepted and completed stay together and stop at the ceiling, about 250 a second: a loop that computes does not accept. With offload, accepted follows what is offered while completed stops at the ceiling of W workers, min(W, free cores) × 250: what was accepted and not completed waits in the offload queue. The highest rate before p99 rises is the capacity; look for it between the last step with a low p99 and the next. The article went from 250 to about 1,300 a second; at 4 ms each, 1,300 a second keep 5.2 cores busy, so that figure tells of the cores of its machine and not of accepting. A rate that is given as a multiple has the ceiling of its own number of workers in it: compare rates per second across W, multiples within it.',
  short,
  full: {
    ...short,
    loads: [
      { kind: 'arrivals', ofCeiling: [0.3, 0.5, 0.7, 0.8, 0.9], ...longer },
      { kind: 'arrivals', ofCeiling: [0.95, 1, 1.05, 1.25, 1.6], mayOverload: true, ...longer },
    ],
    design: { kind: 'blocks', blocks: 6 },
  },
});
