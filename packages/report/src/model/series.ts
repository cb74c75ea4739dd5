import { acceptedSoFar, totalQueue } from '@acceptbench/results/accepted';
import { isMeasured, type MeasuredReplicate, type Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import type { KernelSample, Sample } from '@acceptbench/results/sample';
import { highestRate } from './context.ts';

/** One replicate over time, thinned to what a small picture can show. Times in s since the window's start. */
export type ReplicateSeries = {
  readonly cellId: string;
  readonly block: number;
  readonly isValid: boolean;
  readonly windowSeconds: number;
  /** The replicate's own figures over the window. */
  readonly acceptedPerSecond: number | null;
  readonly completedPerSecond: number;
  /** When the samples begin: below 0, as the warm-up is before the window. */
  readonly fromSeconds: number;
  /** Rates in equal steps; null where they are not known. */
  readonly steps: readonly SeriesStep[];
  /** Effective backlog; null where nobody says. */
  readonly queueLimit: number | null;
  /** The accept queue: of each short span its least and its most, so that no peak is lost. */
  readonly queue: readonly (readonly [seconds: number, connections: number])[];
};

export type SeriesStep = {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly acceptedPerSecond: number | null;
  readonly completedPerSecond: number | null;
  readonly queueMax: number | null;
  readonly overflows: number | null;
};

/** A replicate whose samples a report wants. */
export type WantedSeries = MeasuredReplicate;

/** More small multiples than this nobody reads; the samples of all are in the run's folder. */
const mostSeries = 24;

/**
 * Of each cell one replicate, at the highest loads first: the valid one whose mean response time is the median, or where none is
 * valid the first that was measured.
 */
export function chooseSeries(run: Run, replicates: readonly Replicate[]): WantedSeries[] {
  const byCell = Map.groupBy(replicates.filter(isMeasured), ({ cell }) => cell.id);
  const ranks = new Map(run.cells.map(({ id }, index) => [id, index]));
  return [...byCell.values()]
    .flatMap((group) => {
      const valid = group
        .filter(({ outcome }) => outcome === 'valid')
        .sort((a, b) => a.responseTimeMs.mean - b.responseTimeMs.mean);
      return valid[Math.floor(valid.length / 2)] ?? group[0] ?? [];
    })
    .sort((a, b) => highestRate([b.cell]) - highestRate([a.cell]))
    .slice(0, mostSeries)
    .sort((a, b) => (ranks.get(a.cell.id) ?? 0) - (ranks.get(b.cell.id) ?? 0));
}

const stepsInWindow = 24;
const mostSteps = 48;
const spansInWindow = 80;
const mostSpans = 160;

type Peak = { leastAt: number; least: number; mostAt: number; most: number };
type Total = { at: number; value: number };

/** Takes a replicate's samples one after the other and keeps a few hundred figures of them, however many there are. */
export class SeriesBuilder {
  readonly #replicate: WantedSeries;
  readonly #stepSeconds: number;
  readonly #spanSeconds: number;
  #from = 0;
  readonly #accepted = new Map<number, Total>();
  readonly #completed = new Map<number, Total>();
  readonly #overflows = new Map<number, Total>();
  readonly #queueMax = new Map<number, number>();
  readonly #spans = new Map<number, Peak>();

  constructor(replicate: WantedSeries) {
    this.#replicate = replicate;
    const { durationSeconds } = replicate.cell.load;
    this.#stepSeconds = durationSeconds / stepsInWindow;
    this.#spanSeconds = durationSeconds / spansInWindow;
  }

  /** In order of time. */
  add(sample: Sample): void {
    const at = (sample.atMs - this.#replicate.windowStartMs) / 1000;
    if (!Number.isFinite(at)) return;
    this.#from = Math.min(this.#from, at);
    const step = Math.floor(at / this.#stepSeconds);
    if (sample.kind === 'kernel') this.#addKernel(sample, at, step);
    else if (sample.kind === 'server') {
      const value = sample.values.http_server_request_duration_seconds_count;
      if (value !== undefined) this.#completed.set(step, { at, value });
    }
  }

  finish(): ReplicateSeries {
    const { cell, block, outcome, rates } = this.#replicate;
    return {
      cellId: cell.id,
      block,
      isValid: outcome === 'valid',
      windowSeconds: cell.load.durationSeconds,
      acceptedPerSecond: rates.acceptedPerSecond,
      completedPerSecond: rates.completedPerSecond,
      fromSeconds: this.#from,
      steps: this.#toSteps(),
      queueLimit: this.#replicate.acceptQueue?.limit ?? null,
      queue: this.#toQueue(),
    };
  }

  #addKernel(sample: KernelSample, at: number, step: number): void {
    const queue = totalQueue(sample);
    this.#queueMax.set(step, Math.max(queue, this.#queueMax.get(step) ?? 0));
    const accepted = acceptedSoFar(sample);
    if (accepted !== null) this.#accepted.set(step, { at, value: accepted });
    const { listenOverflows } = sample.counters;
    if (listenOverflows !== null) this.#overflows.set(step, { at, value: listenOverflows });
    const span = Math.floor(at / this.#spanSeconds);
    const peak = this.#spans.get(span);
    if (peak === undefined) this.#spans.set(span, { leastAt: at, least: queue, mostAt: at, most: queue });
    else if (queue > peak.most) Object.assign(peak, { mostAt: at, most: queue });
    else if (queue < peak.least) Object.assign(peak, { leastAt: at, least: queue });
  }

  #toSteps(): SeriesStep[] {
    const seen = [
      ...new Set([this.#accepted, this.#completed, this.#queueMax].flatMap((map) => [...map.keys()])),
    ].sort((a, b) => a - b);
    const [first, last] = [seen[0], seen.at(-1)];
    if (first === undefined || last === undefined) return [];
    // A long drain is shown in longer steps.
    const width = Math.ceil((last - first + 1) / mostSteps);
    const steps: SeriesStep[] = [];
    const growth = [this.#accepted, this.#completed, this.#overflows].map((totals) => new Growth(totals));
    for (let step = Math.floor(first / width) * width; step <= last; step += width) {
      const [accepted, completed, overflows] = growth.map((each) => each.until(step + width - 1));
      const queue = Array.from({ length: width }, (_, index) => this.#queueMax.get(step + index)).filter(
        (value) => value !== undefined,
      );
      steps.push({
        fromSeconds: step * this.#stepSeconds,
        toSeconds: (step + width) * this.#stepSeconds,
        acceptedPerSecond: accepted?.perSecond ?? null,
        completedPerSecond: completed?.perSecond ?? null,
        queueMax: queue.length === 0 ? null : Math.max(...queue),
        overflows: overflows?.amount ?? null,
      });
    }
    return steps;
  }

  #toQueue(): [number, number][] {
    const spans = [...this.#spans].sort(([a], [b]) => a - b);
    const [first, last] = [spans[0]?.[0] ?? 0, spans.at(-1)?.[0] ?? 0];
    const width = Math.ceil((last - first + 1) / mostSpans);
    const merged = Map.groupBy(spans, ([span]) => Math.floor(span / width));
    return [...merged.values()].flatMap((group) => {
      const peaks = group.map(([, peak]) => peak);
      const least = peaks.reduce((a, b) => (b.least < a.least ? b : a));
      const most = peaks.reduce((a, b) => (b.most > a.most ? b : a));
      const points: [number, number][] = [
        [least.leastAt, least.least],
        [most.mostAt, most.most],
      ];
      points.sort(([a], [b]) => a - b);
      return least.least === most.most ? points.slice(0, 1) : points;
    });
  }
}

/** What a counter grew by, from one step to the next; a step without a sample of it is part of the next one. */
class Growth {
  readonly #totals: readonly (readonly [step: number, total: Total])[];
  #next = 0;
  #before: Total | null = null;

  constructor(totals: ReadonlyMap<number, Total>) {
    this.#totals = [...totals].sort(([a], [b]) => a - b);
  }

  until(step: number): { amount: number; perSecond: number } | null {
    let last: Total | null = null;
    for (
      let total = this.#totals[this.#next];
      total !== undefined && total[0] <= step;
      total = this.#totals[this.#next]
    ) {
      last = total[1];
      this.#next += 1;
    }
    const before = this.#before;
    if (last === null) return null;
    this.#before = last;
    if (before === null || last.at <= before.at) return null;
    const amount = Math.max(0, last.value - before.value);
    return { amount, perSecond: amount / (last.at - before.at) };
  }
}
