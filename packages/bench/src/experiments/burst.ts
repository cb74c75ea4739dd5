import { defineExperiment, type Shape } from './experiment.ts';

const short: Shape = {
  runtimes: ['node', 'bun', 'deno'],
  apis: ['native'],
  topologies: [
    { topology: 'inline', workers: 1 },
    { topology: 'offload', workers: 1 },
  ],
  // One ms: 5,000 connections are then answered within some seconds, and still slower than they come.
  works: [{ kind: 'wasm', targetMs: 1 }],
  policies: ['close'],
  loads: [
    {
      kind: 'burst',
      connections: [100, 1000, 5000],
      durationSeconds: 2,
      warmupSeconds: 1.5,
      warmupOfCeiling: 0.2,
    },
  ],
  design: { kind: 'blocks', blocks: 2 },
};

export const burst = defineExperiment({
  name: 'burst',
  question:
    'When 100, 1,000 or 5,000 clients connect at one instant: how long until all are accepted, how long until all are answered, how many find the accept queue full, and when is the next normal request as fast as before?',
  howToRead:
    'Each request costs 1 ms, so that nobody can answer N of them in less than N ms; compare drained with that. Inline, a loop that computes takes connections off the queue one by one as it answers: accepted comes shortly before drained, and beyond the limit of about 511 the kernel drops what comes (overflows). Those clients hear nothing and try again after a second, so that 5,000 come back in waves, and the server may stand idle between two. With offload they are accepted as fast as they connect: of 1,000 none finds the queue full, of 5,000 some do, and come again after a second; the wait is in the offload queue. The next request waits for those that are let in before it, and not for those whose SYNs were dropped; recovered is when normal requests took no longer than twice what they took before. Refused counts those that got no answer within 30 s. Bun’s listener waits for the request before it counts a connection (TCP_DEFER_ACCEPT), so at a full queue it is the request that is dropped, and sent again after 0.2 s, 0.4 s and so on.',
  short,
  full: {
    ...short,
    loads: [
      {
        kind: 'burst',
        connections: [100, 300, 1000, 2000, 5000],
        durationSeconds: 5,
        warmupSeconds: 2,
        warmupOfCeiling: 0.2,
      },
    ],
    design: { kind: 'blocks', blocks: 10 },
  },
});
