import { Api, Policy, Topology } from '@acceptbench/results/cell';
import { Design } from '@acceptbench/results/run';
import * as z from 'zod';

/** Which of the form's policies a load is for, and the length of its measured window and its warm-up. The warm-up's rate is low enough that the server is empty when it ends. */
const windowed = {
  /** Absent: all of the form's. */
  policies: z.array(Policy).min(1).optional(),
  durationSeconds: z.number().positive().max(3600),
  warmupSeconds: z.number().min(0).max(600),
  /** Warm-up rate as a share of the ceiling; without a ceiling (`work: none`), arrivals per second. */
  warmupOfCeiling: z.number().min(0).max(1).optional(),
  warmupRatePerSecond: z.number().min(0).max(100_000).optional(),
};

/** What is offered. Each field that is a list is swept. */
export const LoadSpec = z.discriminatedUnion('kind', [
  /** An open model: multiples of the ceiling, or rates outright. */
  z.strictObject({
    kind: z.literal('arrivals'),
    ofCeiling: z.array(z.number().positive().max(100)).min(1).optional(),
    ratesPerSecond: z.array(z.number().positive().max(100_000)).min(1).optional(),
    /** True where rates go through the ceiling to see what happens: overload is then no failed gate. */
    mayOverload: z.boolean().optional(),
    /** Connections that say nothing, held beside; 0 is none. */
    silentConnections: z.array(z.int().min(0).max(20_000)).min(1).optional(),
    ...windowed,
  }),
  /** So many connections at one instant. */
  z.strictObject({
    kind: z.literal('burst'),
    connections: z.array(z.int().min(1).max(20_000)).min(1),
    ...windowed,
  }),
  /** A closed model by another generator, where it is installed. */
  z.strictObject({
    kind: z.literal('closed-loop'),
    generators: z.array(z.enum(['wrk', 'oha'])).min(1),
    connections: z.array(z.int().min(1).max(10_000)).min(1),
    ...windowed,
    // The generators take whole seconds.
    durationSeconds: z.int().min(1).max(3600),
    warmupSeconds: z.int().min(0).max(600),
  }),
]);
export type LoadSpec = z.infer<typeof LoadSpec>;

/** Which cells there are, and how often each is run: plain data. Each field that is a list is swept. */
export const Shape = z.strictObject({
  /** Names of server manifests, or with a version of the runtime: `node@24.1.0`. */
  runtimes: z.array(z.string().min(1)).min(1),
  apis: z.array(Api).min(1),
  topologies: z
    .array(
      z.strictObject({
        topology: Topology,
        /** `up-to-cores` is swept: 1, 2, 4, … and as many as there are cores. */
        workers: z.union([z.int().min(1).max(256), z.literal('up-to-cores')], {
          error: 'Invalid input: expected a whole number from 1 to 256, or "up-to-cores"',
        }),
        /** Accept loops of `reuseport-offload`; absent: as many as workers. Of the others the topology says it. */
        listeners: z.int().min(1).max(256).optional(),
      }),
    )
    .min(1),
  /** The work of one request; its iterations are calibrated to this service time in ms. */
  works: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.enum(['wasm', 'format']), targetMs: z.number().positive().max(1000) }),
        z.strictObject({ kind: z.literal('none') }),
      ]),
    )
    .min(1),
  policies: z.array(Policy).min(1),
  /** Effective backlogs to sweep: both the listen argument and net.core.somaxconn are set to it; absent leaves the defaults. */
  backlogs: z.array(z.int().min(1).max(65_535)).min(1).optional(),
  /** Lengths of the offload queue beyond which requests are shed; null is without limit. */
  queueLimits: z.array(z.int().min(0).max(1_000_000).nullable()).min(1).optional(),
  loads: z.array(LoadSpec).min(1),
  design: Design,
});
export type Shape = z.infer<typeof Shape>;

/** It is printed as it is: what steers a terminal is not let in. */
const paragraph = z.string().regex(/^[^\p{Cc}]+$/u, 'one line of text, without control characters');

/** An experiment as its file gives it. */
export const Experiment = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and dashes'),
  /** What it answers, in a sentence. */
  question: paragraph,
  /** How to read what comes out. */
  howToRead: paragraph,
  /** Minutes on two cores. */
  short: Shape,
  /** What to pass on; absent: there is one form. */
  full: Shape.optional(),
});
export type Experiment = z.infer<typeof Experiment>;

/** Checks an experiment's data where it is written. @throws Error in one line, naming the field that is not accepted. */
export function defineExperiment(data: Experiment): Experiment {
  const parsed = parseExperiment(data);
  if (parsed.state === 'accepted') return parsed.experiment;
  throw new Error(`experiment ${data.name}: ${parsed.why}`);
}

type Parsed =
  | { readonly state: 'accepted'; readonly experiment: Experiment }
  /** `why`: the field, what is accepted there and what it got, in one line. */
  | { readonly state: 'refused'; readonly why: string };

/** Reads an experiment from data that may be anything. */
export function parseExperiment(data: unknown): Parsed {
  const parsed = Experiment.safeParse(data);
  if (parsed.success) return { state: 'accepted', experiment: parsed.data };
  const [first, ...others] = parsed.error.issues;
  if (first === undefined) return { state: 'refused', why: 'it is not accepted' };
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return { state: 'refused', why: `${inWords(first, data)}${more}` };
}

function inWords({ path, message, code }: z.core.$ZodIssue, data: unknown): string {
  const field = path.reduce<string>(
    (before, part) =>
      typeof part === 'number' ? `${before}[${part}]` : `${before}${before && '.'}${String(part)}`,
    '',
  );
  const said = `${field === '' ? 'an experiment' : field}: ${message}`;
  // The unknown key is in the message, and what holds it would be the whole object.
  return code === 'unrecognized_keys' ? said : `${said}; got ${shown(valueAt(data, path))}`;
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    data,
  );
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
