import * as z from 'zod';
import { Replicate } from './replicate.ts';
import { Run } from './run.ts';
import { Sample } from './sample.ts';

/** The JSON Schemas of what a run leaves on disk, by file name under `schema/`. Made from the types, never by hand. */
export function toJsonSchemas(): Record<string, string> {
  const files = {
    'run.schema.json': { title: 'run.json', schema: Run },
    'replicate.schema.json': { title: 'a line of replicates.ndjson', schema: Replicate },
    'sample.schema.json': { title: 'a line of samples/*.ndjson', schema: Sample },
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, { title, schema }]) => [
      name,
      `${JSON.stringify({ title, ...z.toJSONSchema(schema) }, null, 2)}\n`,
    ]),
  );
}
