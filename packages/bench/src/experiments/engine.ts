import { defineExperiment, type Shape } from './experiment.ts';

const short: Shape = {
  runtimes: ['node', 'bun', 'deno'],
  apis: ['native'],
  topologies: [{ topology: 'inline', workers: 1 }],
  works: [
    { kind: 'format', targetMs: 4 },
    { kind: 'wasm', targetMs: 4 },
  ],
  policies: ['close'],
  loads: [
    // Low enough that an engine which takes twice as long still keeps up.
    { kind: 'arrivals', ofCeiling: [0.3], durationSeconds: 3, warmupSeconds: 1.5, warmupOfCeiling: 0.3 },
    {
      kind: 'arrivals',
      ofCeiling: [1.3],
      durationSeconds: 2.4,
      warmupSeconds: 1.5,
      warmupOfCeiling: 0.3,
    },
  ],
  design: { kind: 'blocks', blocks: 3 },
};

export const engine = defineExperiment({
  name: 'engine',
  question:
    'How much of the difference between two runtimes is their JavaScript engine? The same load with the article’s string formatting, and with an integer loop in WebAssembly that costs the same on every engine.',
  howToRead:
    'Look at the service time first. The iterations of both kinds are set so that a call takes 4 ms on Node. With wasm the service times agree, so what differs between the runtimes is I/O and scheduling: compare completed above the ceiling (1.3x) there. With format they differ, and completed differs with them: the ratio of two service times is the engine’s part, and what is left of the ratio of completed rates is the rest of the runtime. Who compares runtimes by a handler that formats strings compares V8 with JavaScriptCore first.',
  short,
  full: {
    ...short,
    loads: [
      { kind: 'arrivals', ofCeiling: [0.3], durationSeconds: 10, warmupSeconds: 3, warmupOfCeiling: 0.3 },
      { kind: 'arrivals', ofCeiling: [1.3], durationSeconds: 10, warmupSeconds: 3, warmupOfCeiling: 0.3 },
    ],
    design: { kind: 'blocks', blocks: 20 },
  },
});
