import type { Cell, Load, Topology } from '@acceptbench/results/cell';
import type { Calibration } from '@acceptbench/results/run';
import type { LoadSpec, Shape } from './experiment.ts';

/** What the machine gives to the cells of an experiment. */
export interface Machine {
  /** One for each kind of work with a target; by `kind`. */
  readonly calibrations: readonly Calibration[];
  readonly cores: number;
  /** Cores left beside the load generator. */
  readonly freeCores: number;
}

/**
 * The highest rate that the work allows, in requests per second: min(CPU workers, free cores) / mean service time.
 * An inline accept loop is one worker.
 */
export function plannedCeiling(workers: number, freeCores: number, serviceTimeMs: number): number {
  return (Math.min(workers, freeCores) * 1000) / serviceTimeMs;
}

type Part = Pick<Cell, 'topology' | 'workers' | 'listeners'>;

/** A cell before its load is known, with the ceiling that its rates are multiples of; null without work. */
type Seat = Omit<Cell, 'id' | 'load'> & { readonly ceilingPerSecond: number | null };

/** Every cell of an experiment's form, in the order its file names them: loads outermost. @throws RangeError naming the field. */
export function toCells(shape: Shape, machine: Machine): Cell[] {
  const seats = toSeats(shape, machine);
  const cells = shape.loads.flatMap((spec) => {
    const seated = seats.filter(({ policy }) => spec.policies?.includes(policy) ?? true);
    return sweep(spec).flatMap((load) => seated.map((seat) => toCell(seat, load)));
  });
  const ids = cells.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice === undefined) return cells;
  throw new RangeError(
    `loads: two cells would be called ${twice}: a value is given twice, or two works or loads differ in what a name does not say`,
  );
}

/** The cell with another rate: a step of a search. */
export function atRate(cell: Cell, ratePerSecond: number): Cell {
  if (cell.load.kind !== 'constant-arrival-rate') return cell;
  const { ofCeiling: _, ...load } = cell.load;
  return named({ ...cell, load: { ...load, ratePerSecond: round(ratePerSecond) } });
}

/** The same cell twice, under two names. */
export function bothArms(cells: readonly Cell[]): Cell[] {
  return cells.flatMap((cell) => (['a', 'b'] as const).map((arm) => named({ ...cell, arm })));
}

function toSeats(shape: Shape, machine: Machine): Seat[] {
  const seats: Seat[] = [];
  const parts = shape.topologies.flatMap((each) => toParts(each, machine.cores));
  for (const runtime of shape.runtimes) {
    for (const api of shape.apis) {
      for (const part of parts) {
        for (const work of shape.works) {
          for (const policy of shape.policies) {
            for (const backlog of shape.backlogs ?? [undefined]) {
              for (const queueLimit of limitsOf(part, shape.queueLimits)) {
                seats.push({
                  runtime,
                  api,
                  ...part,
                  policy,
                  ...seatedWork(work, part.workers, machine),
                  ...(backlog === undefined ? {} : { backlog, somaxconn: backlog }),
                  ...(queueLimit === null ? {} : { queueLimit }),
                });
              }
            }
          }
        }
      }
    }
  }
  return seats;
}

function toParts({ topology, workers, listeners }: Shape['topologies'][number], cores: number): Part[] {
  const counts = workers === 'up-to-cores' ? upTo(cores) : [workers];
  return counts.map((count) => ({
    topology,
    workers: count,
    listeners: listenersOf(topology, count, listeners),
  }));
}

/** 1, 2, 4, … and the number of cores itself: each doubling is one step of a sweep, on a large machine too. */
function upTo(cores: number): number[] {
  const doublings = Array.from({ length: Math.floor(Math.log2(cores)) + 1 }, (_, power) => 2 ** power);
  return [...new Set([...doublings, cores])];
}

/** Accept loops of a topology. Only `reuseport-offload` has a number of its own; without one, it is that of its workers. */
function listenersOf(topology: Topology, workers: number, listeners: number | undefined): number {
  if (topology === 'inline' || topology === 'offload') return 1;
  return topology === 'reuseport-offload' ? (listeners ?? workers) : workers;
}

/** Only a topology with an offload queue can have a limit of it. */
function limitsOf({ topology }: Part, limits: Shape['queueLimits']): readonly (number | null)[] {
  return topology === 'offload' || topology === 'reuseport-offload' ? (limits ?? [null]) : [null];
}

function seatedWork(
  work: Shape['works'][number],
  workers: number,
  { calibrations, freeCores }: Machine,
): Pick<Seat, 'work' | 'ceilingPerSecond'> {
  if (work.kind === 'none') return { work: { kind: 'none', iterations: 0 }, ceilingPerSecond: null };
  const calibration = calibrations.find(
    ({ kind, targetMs }) => kind === work.kind && targetMs === work.targetMs,
  );
  if (calibration === undefined)
    throw new RangeError(`works: ${work.kind} of ${work.targetMs} ms is not calibrated`);
  return {
    work: { kind: work.kind, iterations: calibration.iterations },
    ceilingPerSecond: plannedCeiling(workers, freeCores, calibration.targetMs),
  };
}

/** One load of a sweep: of a rate it is not known yet what it is a multiple of. */
type Swept = (ceilingPerSecond: number | null) => Load;

function sweep(spec: LoadSpec): Swept[] {
  const { durationSeconds, warmupSeconds } = spec;
  const windowed = (ceiling: number | null) => ({
    warmupSeconds,
    warmupRatePerSecond: round(warmupRate(spec, ceiling)),
    durationSeconds,
  });
  switch (spec.kind) {
    case 'burst':
      return spec.connections.map((connections) => (ceiling) => {
        const load = { kind: 'burst' as const, connections, ...windowed(ceiling) };
        if (load.warmupSeconds > 0 && load.warmupRatePerSecond > 0) return load;
        throw new RangeError(
          'loads: a burst is compared with the requests before it; give warmupSeconds and warmupOfCeiling or warmupRatePerSecond',
        );
      });
    case 'closed-loop':
      return spec.generators.flatMap((generator) =>
        spec.connections.map(
          (connections): Swept =>
            (ceiling) => ({
              kind: 'closed-loop',
              generator,
              connections,
              ...windowed(ceiling),
            }),
        ),
      );
    case 'arrivals':
      return ratesOf(spec).flatMap((rate) =>
        (spec.silentConnections ?? [0]).map(
          (silent): Swept =>
            (ceiling) => ({
              kind: 'constant-arrival-rate',
              ...rate(ceiling),
              ...(spec.mayOverload === true ? { mayOverload: true } : {}),
              ...(silent === 0 ? {} : { silentConnections: silent }),
              ...windowed(ceiling),
            }),
        ),
      );
  }
}

type Rate = (ceiling: number | null) => { ratePerSecond: number; ofCeiling?: number };

function ratesOf({ ofCeiling, ratesPerSecond }: Extract<LoadSpec, { kind: 'arrivals' }>): Rate[] {
  if (ofCeiling === undefined && ratesPerSecond === undefined) {
    throw new RangeError('loads: arrivals need ofCeiling or ratesPerSecond');
  }
  return [
    ...(ofCeiling ?? []).map(
      (multiple): Rate =>
        (ceiling) => {
          if (ceiling === null)
            throw new RangeError('loads: ofCeiling needs work with a ceiling; give ratesPerSecond instead');
          return { ratePerSecond: round(multiple * ceiling), ofCeiling: multiple };
        },
    ),
    ...(ratesPerSecond ?? []).map(
      (ratePerSecond): Rate =>
        () => ({ ratePerSecond }),
    ),
  ];
}

function warmupRate({ warmupOfCeiling, warmupRatePerSecond }: LoadSpec, ceiling: number | null): number {
  return warmupRatePerSecond ?? (warmupOfCeiling ?? 0) * (ceiling ?? 0);
}

function toCell({ ceilingPerSecond, ...seat }: Seat, swept: Swept): Cell {
  const load = swept(ceilingPerSecond);
  if (load.kind === 'burst' && seat.policy !== 'close') {
    throw new RangeError('policies: a burst has one request per connection, which is close');
  }
  return named({ ...seat, load });
}

/** The cell with the `id` that its other fields give. */
function named({ id: _, ...cell }: Omit<Cell, 'id'> & { id?: string }): Cell {
  const { runtime, api, topology, workers, listeners, policy, work, backlog, queueLimit, arm } = cell;
  const threads = topology === 'reuseport-offload' ? `w${workers}-l${listeners}` : `w${workers}`;
  const parts = [
    runtime,
    api,
    topology,
    threads,
    policy,
    ...(backlog === undefined ? [] : [`backlog${backlog}`]),
    ...(queueLimit === undefined ? [] : [`limit${queueLimit}`]),
    work.kind,
    loadId(cell.load),
  ];
  return { id: `${parts.join('-')}${arm === undefined ? '' : `@${arm}`}`, ...cell };
}

function loadId(load: Load): string {
  switch (load.kind) {
    case 'burst':
      return `burst${load.connections}`;
    case 'closed-loop':
      return `${load.generator}${load.connections}`;
    case 'constant-arrival-rate': {
      const rate = load.ofCeiling === undefined ? `${load.ratePerSecond}rps` : `${load.ofCeiling}x`;
      return load.silentConnections === undefined ? rate : `${rate}-silent${load.silentConnections}`;
    }
  }
}

function round(rate: number): number {
  return Math.round(rate * 1000) / 1000;
}
