import { defineExperiment } from './experiment.ts';

export const quick = defineExperiment({
  name: 'quick',
  question:
    'With about 4 ms of CPU work per request and one request per connection: where do requests wait, and what does moving the work off the event loop change?',
  howToRead:
    'Compare inline with offload at the same offered rate. Above the ceiling (1.3x) both complete the same rate, since one worker does the work either way; what differs is where the others wait: in the kernel’s accept queue (inline) or inside the process (offload). Below the ceiling (0.7x) everything offered is completed and next to nothing waits.',
  short: {
    runtimes: ['node', 'bun', 'deno'],
    apis: ['native'],
    topologies: [
      { topology: 'inline', workers: 1 },
      { topology: 'offload', workers: 1 },
    ],
    works: [{ kind: 'wasm', targetMs: 4 }],
    policies: ['close'],
    loads: [
      {
        kind: 'arrivals',
        ofCeiling: [0.7, 1.3],
        durationSeconds: 2.4,
        warmupSeconds: 1,
        warmupOfCeiling: 0.5,
      },
    ],
    design: { kind: 'blocks', blocks: 3 },
  },
});
