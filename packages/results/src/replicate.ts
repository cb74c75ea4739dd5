import * as z from 'zod';
import { Cell } from './cell.ts';
import { Measurement } from './measurement.ts';
import { schemaVersion } from './schemaVersion.ts';

/** What the server said of itself when it listened. */
export const ServerFacts = z.strictObject({
  name: z.string(),
  runtime: z.string(),
  version: z.string(),
  api: z.string(),
  topology: z.string(),
  /** Of all its listeners together; null where it does not say. */
  effectiveBacklog: z.int().nullable(),
});
export type ServerFacts = z.infer<typeof ServerFacts>;

const common = {
  schemaVersion: z.literal(schemaVersion),
  cell: Cell,
  /** 1-based. A block is every cell once, in random order. */
  block: z.int().min(1),
  /** 1-based position in the run's plan. */
  order: z.int().min(1),
  /** 1-based: above 1 where an earlier attempt at this replicate was invalid for a reason of the machine, and kept as well. */
  attempt: z.int().min(1),
  startedAt: z.iso.datetime(),
  /** From before the server started until it had gone. */
  wallSeconds: z.number().min(0),
};

/** A gate that was not met, in words: the predicate and the observed value. */
export const Reason = z.strictObject({ gate: z.string(), reason: z.string() });
export type Reason = z.infer<typeof Reason>;

export const ValidReplicate = z.strictObject({
  ...common,
  outcome: z.literal('valid'),
  server: ServerFacts,
  ...Measurement.shape,
});
export type ValidReplicate = z.infer<typeof ValidReplicate>;

export const InvalidReplicate = z.strictObject({
  ...common,
  outcome: z.literal('invalid'),
  reasons: z.array(Reason).min(1),
  server: ServerFacts,
  ...Measurement.shape,
});
export type InvalidReplicate = z.infer<typeof InvalidReplicate>;

export const FailedReplicate = z.strictObject({
  ...common,
  outcome: z.literal('failed'),
  /** One line: what happened, in which phase. */
  error: z.string(),
  phase: z.string(),
  /** The server's last lines on stderr and stdout, oldest first. */
  serverTail: z.array(z.string()),
});
export type FailedReplicate = z.infer<typeof FailedReplicate>;

/** The runtime does not do what the cell asks for: nothing was measured, and nothing is wrong. */
export const NotOfferedReplicate = z.strictObject({
  ...common,
  outcome: z.literal('not-offered'),
  /** Why, in one line: the server's own words, or what its manifest lacks. */
  reason: z.string(),
});
export type NotOfferedReplicate = z.infer<typeof NotOfferedReplicate>;

/** One line of `replicates.ndjson`. Only a `valid` one may be read as a result. */
export const Replicate = z.discriminatedUnion('outcome', [
  ValidReplicate,
  InvalidReplicate,
  FailedReplicate,
  NotOfferedReplicate,
]);
export type Replicate = z.infer<typeof Replicate>;

/** A replicate that was measured, whether or not it counts. */
export type MeasuredReplicate = ValidReplicate | InvalidReplicate;

export function isMeasured(replicate: Replicate): replicate is MeasuredReplicate {
  return replicate.outcome === 'valid' || replicate.outcome === 'invalid';
}
