import type { Cell } from '@acceptbench/results/cell';
import { counted, formatNumber } from './number.ts';

/** `inline`, `offload with 2 workers`, `reuseport with 2 loops`, `prefork with 2 processes`. */
export function topologyInWords({ topology, workers, listeners }: Cell): string {
  if (topology === 'inline') return topology;
  const unit = topology === 'reuseport' ? 'loop' : topology === 'prefork' ? 'process' : 'worker';
  const plural = unit === 'process' ? 'processes' : `${unit}s`;
  const loops = topology === 'reuseport-offload' ? `${counted(listeners, 'loop')} and ` : '';
  return `${topology} with ${loops}${workers} ${workers === 1 ? unit : plural}`;
}

/** The topology for a column: `inline`, `offload w2`, `reuseport-offload w4 l2`. */
export function topologyName({ topology, workers, listeners }: Cell): string {
  if (topology === 'inline') return topology;
  return `${topology} w${workers}${topology === 'reuseport-offload' ? ` l${listeners}` : ''}`;
}

/** What cells may differ in beyond runtime, topology and load. */
export type Trait = 'api' | 'policy' | 'work' | 'backlog' | 'somaxconn' | 'queueLimit' | 'arm';

const traits: Readonly<Record<Trait, (cell: Cell) => string>> = {
  api: ({ api }) => api,
  policy: ({ policy }) => policy,
  work: ({ work }) => (work.kind === 'none' ? 'no work' : `${work.kind}:${work.iterations}`),
  backlog: ({ backlog }) => (backlog === undefined ? 'default backlog' : `backlog ${backlog}`),
  somaxconn: ({ backlog, somaxconn }) =>
    somaxconn === undefined || somaxconn === backlog ? '' : `somaxconn ${somaxconn}`,
  queueLimit: ({ queueLimit }) => (queueLimit === undefined ? '' : `limit ${queueLimit}`),
  arm: ({ arm }) => (arm === undefined ? '' : `arm ${arm}`),
};

/** What sets each cell apart from others of its run, but for some traits: empty when all are alike. */
export function toVariants(all: readonly Cell[], but: readonly Trait[] = []): (cell: Cell) => string {
  const varied = Object.entries(traits).flatMap(([name, trait]) =>
    !but.some((each) => each === name) && new Set(all.map(trait)).size > 1 ? [trait] : [],
  );
  return (cell) =>
    varied
      .map((trait) => trait(cell))
      .filter((text) => text !== '')
      .join(', ');
}

/** `1.3 × the ceiling`, or `325 req/s` for a rate that was given outright. */
export function loadName({ load }: Cell): string {
  switch (load.kind) {
    case 'burst':
      return `${counted(load.connections, 'connection')} at once`;
    case 'closed-loop':
      return `${load.generator}, ${counted(load.connections, 'connection')}`;
    case 'constant-arrival-rate': {
      const silent =
        load.silentConnections === undefined ? '' : `, ${load.silentConnections} silent connections beside`;
      return load.ofCeiling === undefined
        ? `${formatNumber(load.ratePerSecond)} req/s${silent}`
        : `${Number(formatNumber(load.ofCeiling))} × the ceiling${silent}`;
    }
  }
}
