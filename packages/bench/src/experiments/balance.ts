import { defineExperiment, type Shape } from './experiment.ts';

const short: Shape = {
  runtimes: ['node', 'bun', 'deno'],
  apis: ['native'],
  topologies: [
    { topology: 'offload', workers: 4 },
    { topology: 'reuseport', workers: 4 },
    { topology: 'prefork', workers: 4 },
  ],
  works: [{ kind: 'wasm', targetMs: 4 }],
  policies: ['close'],
  loads: [
    { kind: 'arrivals', ofCeiling: [0.6, 0.85], durationSeconds: 4, warmupSeconds: 1, warmupOfCeiling: 0.5 },
  ],
  design: { kind: 'blocks', blocks: 2 },
};

export const balance = defineExperiment({
  name: 'balance',
  question:
    'Four threads or processes share the work: by a queue of their own each (SO_REUSEPORT, chosen by hash), by one shared queue, or in turn (round-robin). How uneven are the queues, and what does that cost at the tail?',
  howToRead:
    'Below the ceiling all complete what is offered; compare p99 at the same rate. reuseport: the kernel gives a connection to one of four listeners by a hash of its ports, and it stays there even when another is idle; the listeners’ own queues in the results show how uneven that is. offload: one queue, and whoever is free takes the next, which is the best that can be done without knowing the future. prefork: Node’s cluster hands connections on in turn, Bun and Deno share by SO_REUSEPORT again. On few cores the threads share a core as well, and the system’s scheduler evens out what the hash did not: the tail then says less than the queues.',
  short,
  full: {
    ...short,
    policies: ['close', 'keep-alive'],
    loads: [
      {
        kind: 'arrivals',
        ofCeiling: [0.6, 0.85, 0.95],
        durationSeconds: 10,
        warmupSeconds: 2,
        warmupOfCeiling: 0.5,
      },
    ],
    design: { kind: 'blocks', blocks: 6 },
  },
});
