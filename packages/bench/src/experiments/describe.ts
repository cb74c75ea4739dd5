import { loadName } from '@acceptbench/report/text/cell-name';
import type { Cell } from '@acceptbench/results/cell';
import { counted, formatSeconds } from '../progress.ts';
import { expectedSeconds } from './duration.ts';
import type { LoadSpec, Shape } from './experiment.ts';
import { nominalCells } from './nominal.ts';

/** How long a form takes, in seconds; of a search, at most: each objective may take all of its steps. */
export function formSeconds(shape: Shape, cells: readonly Cell[]): number {
  const { design } = shape;
  const times = design.kind === 'blocks' ? design.blocks : design.maxSteps * design.objectives.length;
  return times * cells.reduce((sum, cell) => sum + expectedSeconds(cell), 0);
}

/** `36 replicates in 3 blocks, about 4 min`, or the steps of a search at most. */
export function describeCost(shape: Shape): string {
  const cells = nominalCells(shape);
  const { design } = shape;
  const time = formatSeconds(formSeconds(shape, cells));
  if (design.kind === 'blocks') {
    const { blocks } = design;
    return `${counted(cells.length * blocks, 'replicate')} in ${counted(blocks, 'block')}, about ${time}`;
  }
  const each = `${counted(design.maxSteps, 'step')} at most for each of ${counted(design.objectives.length, 'objective')}`;
  return `${counted(cells.length, 'search', 'searches')} of ${each}, up to ${time}`;
}

/** What a form is made of, as pairs of a word and what it says; what it leaves at the default is left out. */
export function describeShape(shape: Shape): [string, string][] {
  const { runtimes, apis, topologies, works, policies, backlogs, queueLimits, loads, design } = shape;
  const facts: [string, string | undefined][] = [
    ['runtimes', runtimes.join(', ')],
    ['api', apis.join(', ')],
    ['topologies', topologies.map(describeTopology).join(', ')],
    [
      'work',
      works.map((work) => (work.kind === 'none' ? 'none' : `${work.kind} of ${work.targetMs} ms`)).join(', '),
    ],
    ['policy', policies.join(', ')],
    ['backlogs', backlogs?.join(', ')],
    ['queue limits', queueLimits?.map((limit) => limit ?? 'none').join(', ')],
    ...loads.map((load): [string, string] => ['load', describeLoad(load)]),
    [
      'objectives',
      design.kind === 'search'
        ? design.objectives.map(({ p99Ms }) => `p99 ≤ ${p99Ms} ms`).join(', ')
        : undefined,
    ],
  ];
  return facts.flatMap(([what, says]) => (says === undefined ? [] : [[what, says]]));
}

function describeTopology({ topology, workers, listeners }: Shape['topologies'][number]): string {
  if (topology === 'inline') return topology;
  const count = workers === 'up-to-cores' ? '1 to as many as cores' : workers;
  return `${topology} × ${count}${listeners === undefined ? '' : ` behind ${counted(listeners, 'accept loop')}`}`;
}

function describeLoad(load: LoadSpec): string {
  const policies = load.policies === undefined ? '' : `, ${load.policies.join(', ')} only`;
  const window = `${load.durationSeconds} s after ${load.warmupSeconds} s of warm-up${policies}`;
  switch (load.kind) {
    case 'burst':
      return `${load.connections.join(', ')} connections at one instant; ${window}`;
    case 'closed-loop':
      return `${load.generators.join(', ')} with ${load.connections.join(', ')} connections; ${window}`;
    case 'arrivals': {
      const rates = [
        ...(load.ofCeiling === undefined ? [] : [`${load.ofCeiling.join(', ')} × the ceiling`]),
        ...(load.ratesPerSecond === undefined ? [] : [`${load.ratesPerSecond.join(', ')} a second`]),
      ].join(', ');
      const silent =
        load.silentConnections === undefined
          ? ''
          : `, beside ${load.silentConnections.join(', ')} silent connections`;
      return `${rates}${silent}; ${window}`;
    }
  }
}

/** Each cell in a line: its name, what it is offered, and how long it takes. */
export function describeCells(shape: Shape): string[] {
  const rows = nominalCells(shape).map((cell) => [
    cell.id,
    cell.load.kind === 'constant-arrival-rate' ? `${cell.load.ratePerSecond}/s` : loadName(cell),
    formatSeconds(expectedSeconds(cell)),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(([id = '', load = '', time = '']) =>
    [id.padEnd(widths[0] ?? 0), load.padStart(widths[1] ?? 0), time.padStart(widths[2] ?? 0)].join('  '),
  );
}
