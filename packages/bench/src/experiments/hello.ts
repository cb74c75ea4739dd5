import { defineExperiment, type Shape } from './experiment.ts';

const short: Shape = {
  runtimes: ['node', 'bun', 'deno'],
  apis: ['native'],
  topologies: [{ topology: 'inline', workers: 1 }],
  works: [{ kind: 'none' }],
  policies: ['close', 'keep-alive'],
  loads: [
    {
      kind: 'arrivals',
      ratesPerSecond: [500, 1500],
      durationSeconds: 3,
      warmupSeconds: 1,
      warmupRatePerSecond: 250,
    },
    {
      kind: 'closed-loop',
      generators: ['wrk', 'oha'],
      // With a connection for each request wrk counts Bun's replies as errors: they do not say that the connection closes.
      policies: ['keep-alive'],
      connections: [64],
      durationSeconds: 2,
      warmupSeconds: 1,
    },
  ],
  design: { kind: 'blocks', blocks: 3 },
};

export const hello = defineExperiment({
  name: 'hello',
  question:
    'Without any work: what do accepting, parsing and answering cost, with a connection for each request and with connections that are kept?',
  howToRead:
    'At a fixed rate every runtime completes what is offered; compare p50 and p99, and the CPU time of the server per request. These rates are below what k6 itself can do (with this load script a core of it sends about 2,100 requests a second on new connections and 2,900 on kept ones, less as its lag rises), since beyond them a table shows k6; the gates generator-cpu and scheduling-lag refuse a replicate in which k6 was the limit. The cross-check is by other generators where they are installed, wrk and oha: 64 connections, each of which asks again as soon as it has its answer, which is as much as the server takes or as much as the generator can do. Their rates may be compared with each other and never with k6’s; their response times leave out whoever could not ask meanwhile (coordinated omission), and whether a body was right they do not look at.',
  short,
  full: {
    ...short,
    loads: [
      {
        kind: 'arrivals',
        ratesPerSecond: [500, 1500],
        durationSeconds: 10,
        warmupSeconds: 2,
        warmupRatePerSecond: 500,
      },
      {
        kind: 'closed-loop',
        generators: ['wrk'],
        policies: ['keep-alive'],
        connections: [64, 256],
        durationSeconds: 10,
        warmupSeconds: 2,
      },
      {
        kind: 'closed-loop',
        generators: ['oha'],
        connections: [64, 256],
        durationSeconds: 10,
        warmupSeconds: 2,
      },
    ],
    design: { kind: 'blocks', blocks: 10 },
  },
});
