import { styleText } from 'node:util';
import type { Cell } from '@acceptbench/results/cell';
import type { Replicate } from '@acceptbench/results/replicate';
import { createLogUpdate } from 'log-update';
import type { PlannedReplicate } from './plan.ts';
import type { Phase } from './replicate/messages.ts';
import type { Left, Schedule } from './run/schedule.ts';

/** Where progress is written: a terminal gets one line that changes beside the lasting ones. */
export type ProgressStream = NodeJS.WriteStream;

/** Tells how far a run is: a line for each replicate that ended, and on a terminal what happens now and how long it takes. */
export class Progress {
  readonly #schedule: Schedule;
  readonly #stream: ProgressStream;
  readonly #live: ReturnType<typeof createLogUpdate> | undefined;
  readonly #describe: (cell: Cell) => string;
  #done: number;
  #left: Left;

  /** @param before what was measured already */
  constructor(
    { cells, schedule }: { cells: readonly Cell[]; schedule: Schedule },
    before: readonly Replicate[],
    stream: ProgressStream,
  ) {
    this.#describe = cellsInColumns(cells);
    this.#schedule = schedule;
    this.#stream = stream;
    this.#live = stream.isTTY ? createLogUpdate(stream) : undefined;
    this.#done = before.length;
    this.#left = schedule.left(before);
  }

  /** A replicate entered a phase. */
  phase(planned: PlannedReplicate, phase: Phase): void {
    this.#live?.(
      `${this.#count(this.#done + 1)} ${this.#name(planned)}: ${phase} … ${this.#timeLeft()} left`,
    );
  }

  /** A replicate ended. */
  ended(planned: PlannedReplicate, replicate: Replicate, done: readonly Replicate[]): void {
    this.#done = done.length;
    this.#left = this.#schedule.left(done);
    this.#live?.clear();
    const left = this.#left.replicates > 0 ? `  (${this.#timeLeft()} left)` : '';
    this.#stream.write(
      `${this.#count(this.#done)} ${this.#name(planned)}  ${this.#outcome(replicate)}${left}\n`,
    );
  }

  done(): void {
    this.#live?.clear();
  }

  /** `3/12`, or `3/≤40` where what comes out decides how many there are. */
  #count(place: number): string {
    const total = String(this.#done + this.#left.replicates);
    return `${String(place).padStart(total.length)}/${this.#left.atMost ? '≤' : ''}${total}`;
  }

  #name({ cell, attempt }: PlannedReplicate): string {
    return `${this.#describe(cell)}${attempt === 1 ? '' : ` (attempt ${attempt})`}`;
  }

  #timeLeft(): string {
    return `${this.#left.atMost ? 'at most' : 'about'} ${formatSeconds(this.#left.seconds)}`;
  }

  #outcome(replicate: Replicate): string {
    if (replicate.outcome === 'not-offered') return `not offered: ${replicate.reason}`;
    if (replicate.outcome === 'failed') {
      return this.#paint('red', `failed while it was to ${replicate.phase}: ${replicate.error}`);
    }
    const { rates, acceptQueue, responseTimeMs } = replicate;
    const mean = acceptQueue?.mean ?? null;
    const queue = mean === null ? '' : `  queue ${mean.toFixed(mean < 10 ? 1 : 0)}`;
    const figures = `${rates.completedPerSecond.toFixed(0)}/s${queue}  p99 ${responseTimeMs.p99.toFixed(0)} ms`;
    if (replicate.outcome === 'valid') return figures;
    return `${figures}  ${this.#paint('yellow', `invalid: ${replicate.reasons.map(({ reason }) => reason).join('; ')}`)}`;
  }

  #paint(color: 'red' | 'yellow', text: string): string {
    return this.#stream.isTTY ? styleText(color, text, { stream: this.#stream }) : text;
  }
}

/** Names the cells of a plan in columns: `node offload ×2     325/s`. */
export function cellsInColumns(cells: readonly Cell[]): (cell: Cell) => string {
  const width = (part: (cell: Cell) => string) => Math.max(0, ...cells.map((cell) => part(cell).length));
  const [who, how, load] = [width(whoOf), width(howOf), Math.max(7, width(loadOf))];
  return (cell) => `${whoOf(cell).padEnd(who)} ${howOf(cell).padEnd(how)} ${loadOf(cell).padStart(load)}`;
}

function whoOf({ runtime, arm }: Cell): string {
  return arm === undefined ? runtime : `${runtime} @${arm}`;
}

function howOf({ topology, workers }: Cell): string {
  return topology === 'inline' ? topology : `${topology} ×${workers}`;
}

function loadOf({ load }: Cell): string {
  switch (load.kind) {
    case 'burst':
      return `${load.connections} at once`;
    case 'closed-loop':
      return `${load.generator} ×${load.connections}`;
    case 'constant-arrival-rate':
      return `${load.ratePerSecond.toFixed(0)}/s`;
  }
}

/** `45 s`, `3 min 05 s`, `2 h 05 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole >= 3600) {
    const minutes = Math.round(whole / 60);
    return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  }
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** `1 block`, `3 blocks`. */
export function counted(n: number, what: string, plural = `${what}s`): string {
  return `${n} ${n === 1 ? what : plural}`;
}
