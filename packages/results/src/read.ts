import * as z from 'zod';
import { Replicate } from './replicate.ts';
import { Run } from './run.ts';
import { Sample } from './sample.ts';
import { schemaVersion } from './schemaVersion.ts';
import { upgradeReplicate, upgradeRun } from './upgrade.ts';

/** What is on disk is no run of ours, or one of a version that this reader does not know; the message says which, in one line. */
export class UnreadableResultError extends Error {
  override readonly name = 'UnreadableResultError';
}

/** A `run.json`, parsed as JSON, of this schema version or an older one. @throws UnreadableResultError */
export function readRun(value: unknown): Run {
  return parse('run.json', Run, value, upgradeRun);
}

/** A line of `replicates.ndjson`, parsed as JSON, of this schema version or an older one. @throws UnreadableResultError */
export function readReplicate(value: unknown): Replicate {
  return parse('replicates.ndjson', Replicate, value, upgradeReplicate);
}

/** A line of `samples/*.ndjson`, parsed as JSON; samples have been the same in all versions. @throws UnreadableResultError */
export function readSample(value: unknown): Sample {
  return check('samples', Sample, value);
}

function parse<T>(
  what: string,
  schema: z.ZodType<T>,
  value: unknown,
  upgrade: (old: Record<string, unknown>) => unknown,
): T {
  const version = z.looseObject({ schemaVersion: z.int() }).safeParse(value);
  if (!version.success)
    throw new UnreadableResultError(`${what}: it has no schemaVersion, so it is none of acceptbench's`);
  const { data } = version;
  if (data.schemaVersion < 1 || data.schemaVersion > schemaVersion) {
    throw new UnreadableResultError(
      `${what}: schema version ${data.schemaVersion}, accepted are 1 to ${schemaVersion}; a newer acceptbench reads it`,
    );
  }
  return check(what, schema, data.schemaVersion === 1 ? upgrade(data) : data);
}

function check<T>(what: string, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new UnreadableResultError(
    `${what}: ${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'not accepted'}`,
    {
      cause: parsed.error,
    },
  );
}
