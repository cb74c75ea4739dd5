import { styleText } from 'node:util';
import type { Cell } from '@acceptbench/results/cell';
import type { Replicate } from '@acceptbench/results/replicate';
import { createLogUpdate } from 'log-update';
import { expectedSeconds } from './experiments/duration.ts';
import type { PlannedReplicate } from './plan.ts';
import type { Phase } from './replicate/messages.ts';

/** Where progress is written: a terminal gets one line that changes beside the lasting ones. */
export type ProgressStream = NodeJS.WriteStream;

/** Tells how far a run is: a line for each replicate that ended, and on a terminal what happens now and how long it takes. */
export class Progress {
  readonly #plan: readonly PlannedReplicate[];
  readonly #stream: ProgressStream;
  readonly #live: ReturnType<typeof createLogUpdate> | undefined;
  readonly #startedAt: number;
  readonly #now: () => number;
  #ended = 0;
  #expectedOfEnded = 0;

  constructor(plan: readonly PlannedReplicate[], stream: ProgressStream, now: () => number) {
    this.#plan = plan;
    this.#stream = stream;
    this.#now = now;
    this.#startedAt = now();
    this.#live = stream.isTTY ? createLogUpdate(stream) : undefined;
  }

  /** A replicate entered a phase. */
  phase({ cell, order }: PlannedReplicate, phase: Phase): void {
    this.#live?.(`${this.#count(order)} ${describe(cell)}: ${phase} … about ${this.#left()} left`);
  }

  /** A replicate ended. */
  ended({ cell, order }: PlannedReplicate, replicate: Replicate): void {
    this.#ended += 1;
    this.#expectedOfEnded += expectedSeconds(cell);
    this.#live?.clear();
    const left = this.#ended < this.#plan.length ? `  (about ${this.#left()} left)` : '';
    this.#stream.write(`${this.#count(order)} ${describe(cell)}  ${this.#outcome(replicate)}${left}\n`);
  }

  done(): void {
    this.#live?.clear();
  }

  #count(order: number): string {
    const width = String(this.#plan.length).length;
    return `${String(order).padStart(width)}/${this.#plan.length}`;
  }

  #outcome(replicate: Replicate): string {
    if (replicate.outcome === 'not-offered') return `not offered: ${replicate.reason}`;
    if (replicate.outcome === 'failed') {
      return this.#paint('red', `failed while it was to ${replicate.phase}: ${replicate.error}`);
    }
    const { rates, acceptQueue, responseTimeMs } = replicate;
    const queue =
      acceptQueue === null ? '' : `  queue ${acceptQueue.mean.toFixed(acceptQueue.mean < 10 ? 1 : 0)}`;
    const figures = `${rates.completedPerSecond.toFixed(0)}/s${queue}  p99 ${responseTimeMs.p99.toFixed(0)} ms`;
    if (replicate.outcome === 'valid') return figures;
    return `${figures}  ${this.#paint('yellow', `invalid: ${replicate.reasons.map(({ reason }) => reason).join('; ')}`)}`;
  }

  #paint(color: 'red' | 'yellow', text: string): string {
    return this.#stream.isTTY ? styleText(color, text, { stream: this.#stream }) : text;
  }

  /** Time left, from the plan's own estimate, corrected by how long what has ended took. */
  #left(): string {
    const elapsed = (this.#now() - this.#startedAt) / 1000;
    const total = this.#plan.reduce((sum, { cell }) => sum + expectedSeconds(cell), 0);
    const pace = this.#ended === 0 ? 1 : elapsed / this.#expectedOfEnded;
    return formatSeconds(Math.max(0, total * pace - elapsed));
  }
}

function describe(cell: Cell): string {
  const { runtime, topology, workers } = cell;
  const who = topology === 'inline' ? topology : `${topology} ×${workers}`;
  return `${runtime.padEnd(4)} ${who.padEnd(10)} ${loadOf(cell).padStart(7)}`;
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
export function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
