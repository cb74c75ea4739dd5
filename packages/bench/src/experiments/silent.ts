import { defineExperiment, type Shape } from './experiment.ts';

const short: Shape = {
  runtimes: ['node', 'bun', 'deno'],
  apis: ['native'],
  topologies: [{ topology: 'inline', workers: 1 }],
  works: [{ kind: 'wasm', targetMs: 4 }],
  policies: ['close'],
  loads: [
    {
      kind: 'arrivals',
      ofCeiling: [0.6],
      silentConnections: [0, 100, 1000, 5000],
      durationSeconds: 2.4,
      warmupSeconds: 1,
      warmupOfCeiling: 0.5,
    },
  ],
  design: { kind: 'blocks', blocks: 3 },
};

export const silent = defineExperiment({
  name: 'silent',
  question:
    'What do 100 to 5,000 clients that connect and say nothing cost the others, who are served at 0.6 of the ceiling beside them?',
  howToRead:
    'Compare p50, p99 and the server’s memory and descriptors with the cell that has none. Silent connections are opened before the load and stay until it has ended; the books say whether each of them was let in by the kernel. Node and Deno accept them at once, each a descriptor and some memory. Bun’s listener waits for the first byte (TCP_DEFER_ACCEPT), for a second: until then they stand half-open in the kernel, where up to 512 have room, and the kernel answers the rest with SYN cookies and lets them in without waiting; after that second they are accepted like any other. Who closes them, and when, is each runtime’s own idle timeout: closed by server counts those before the window’s end.',
  short,
  full: {
    ...short,
    loads: [
      {
        kind: 'arrivals',
        ofCeiling: [0.6],
        silentConnections: [0, 100, 1000, 5000],
        durationSeconds: 15,
        warmupSeconds: 2,
        warmupOfCeiling: 0.5,
      },
    ],
    design: { kind: 'blocks', blocks: 10 },
  },
});
