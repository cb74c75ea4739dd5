import { defineExperiment } from './experiment.ts';

export const smoke = defineExperiment({
  name: 'smoke',
  question: 'Does every part work together on this machine?',
  howToRead:
    'One short replicate of each runtime with the work inline, above the ceiling: requests wait in the accept queue. One second is enough to see that, and too short for figures to pass on; use quick for these.',
  short: {
    runtimes: ['node', 'bun', 'deno'],
    apis: ['native'],
    topologies: [{ topology: 'inline', workers: 1 }],
    works: [{ kind: 'wasm', targetMs: 4 }],
    policies: ['close'],
    loads: [
      { kind: 'arrivals', ofCeiling: [1.3], durationSeconds: 1, warmupSeconds: 1, warmupOfCeiling: 0.5 },
    ],
    design: { kind: 'blocks', blocks: 1 },
  },
});
