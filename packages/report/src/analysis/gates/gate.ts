import type { Cell } from '@acceptbench/results/cell';
import type { LoadResult } from '@acceptbench/results/load';
import type { Measurement } from '@acceptbench/results/measurement';
import type { Reason, ServerFacts } from '@acceptbench/results/replicate';
import type { Isolation } from '@acceptbench/results/run';
import type { Sample } from '@acceptbench/results/sample';

export type GateInput = {
  readonly cell: Cell;
  readonly measurement: Measurement;
  readonly load: LoadResult;
  readonly isolation: Isolation['mode'];
  readonly server: ServerFacts;
  /** In order of time, from before the window until the server was empty and idle. */
  readonly samples: readonly Sample[];
};

/** Null when the replicate meets it, or when what it looks at was not measured. */
export type Gate = (input: GateInput) => Reason | null;

/** `predicate; got name = value, …` */
export function fail(gate: string, predicate: string, observed: Record<string, number | string>): Reason {
  const got = Object.entries(observed).map(
    ([name, value]) => `${name} = ${typeof value === 'number' ? say(value) : value}`,
  );
  return { gate, reason: `${predicate}; got ${got.join(', ')}` };
}

export const say = (value: number) => String(Number(value.toFixed(2)));
export const percent = (share: number) => `${say(share * 100)} %`;
