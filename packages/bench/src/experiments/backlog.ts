import { defineExperiment, type Shape } from './experiment.ts';

const short: Shape = {
  runtimes: ['node', 'bun', 'deno'],
  apis: ['native'],
  topologies: [{ topology: 'inline', workers: 1 }],
  works: [{ kind: 'wasm', targetMs: 4 }],
  policies: ['close'],
  backlogs: [4, 16, 128, 511, 4096],
  loads: [{ kind: 'arrivals', ofCeiling: [3], durationSeconds: 2, warmupSeconds: 1, warmupOfCeiling: 0.5 }],
  design: { kind: 'blocks', blocks: 1 },
};

export const backlog = defineExperiment({
  name: 'backlog',
  question:
    'When does the accept queue overflow, and what do the SYNs that are then sent again do to latency? Effective limits of 4 to 4,096 connections, at three times the ceiling.',
  howToRead:
    'At three times the ceiling the queue grows by about 500 connections a second, so a limit of 4 is reached at once, 128 after a quarter of a second, 511 after one second, and 4,096 not within the window. From then on the kernel drops SYNs (overflows), and a client hears nothing: it sends its SYN again after 1 s, and again. That wait is the stage resend, in whole seconds, and it shows at p99, not in any metric of the server. A long queue turns the same overload into a wait that everybody has; a short one into few that are answered at once and many that come back seconds later. A connection may also stand for the client while its request is kept out and sent again; resend holds that as well. With limits of 4 and 16 some clients give up after 30 s, and are counted as failed. What a runtime can’t do is not offered: Bun’s limit is 512 whatever it is asked for, and only the kernel’s somaxconn makes it less. Deno accepts ahead, so that its limit is reached later.',
  short,
  full: {
    ...short,
    loads: [
      {
        kind: 'arrivals',
        ofCeiling: [1.3, 2, 3],
        durationSeconds: 5,
        warmupSeconds: 2,
        warmupOfCeiling: 0.5,
      },
    ],
    design: { kind: 'blocks', blocks: 6 },
  },
});
