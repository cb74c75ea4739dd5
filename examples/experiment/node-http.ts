/**
 * An experiment of one's own. Eight cells, two blocks, about two minutes:
 *
 *   npx acceptbench run --experiment examples/experiment/node-http.ts
 */
import type { Experiment } from '@acceptbench/bench/experiment';

export default {
  name: 'node-http',
  question: 'What does the node:http interface cost beside a runtime’s own, when nothing waits?',
  howToRead:
    'All cells are offered less than the work allows, so all complete it. Compare within a runtime: mean and p99 of the response time, native against node-http.',
  short: {
    runtimes: ['bun', 'deno'],
    apis: ['native', 'node-http'],
    topologies: [{ topology: 'inline', workers: 1 }],
    works: [{ kind: 'wasm', targetMs: 1 }],
    policies: ['close'],
    loads: [
      { kind: 'arrivals', ofCeiling: [0.3, 0.5], durationSeconds: 3, warmupSeconds: 1, warmupOfCeiling: 0.3 },
    ],
    design: { kind: 'blocks', blocks: 2 },
  },
} satisfies Experiment;
