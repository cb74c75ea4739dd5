import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../exitCodes.ts';
import { experiments } from './catalogue.ts';
import { type Experiment, parseExperiment, type Shape } from './experiment.ts';
import { nominalCells } from './nominal.ts';
import { whyNotTogether } from './together.ts';

/** What `--experiment` was given is a file, and no name of the catalogue's: it has a slash, or the ending of one. */
export function isExperimentPath(given: string): boolean {
  return /[/\\]|\.(ts|json)$/.test(given);
}

/**
 * An experiment of the catalogue by its name, or one's own by its file's path: `.json`, or `.ts` that exports it as
 * `default` or as `experiment`. A `.ts` file is a program, and is run.
 *
 * @param toAbsolute makes an absolute path of one that was given.
 * @throws UsageError in one line: the file, the field, what it got and what is accepted.
 */
export async function loadExperiment(
  given: string,
  toAbsolute: (path: string) => string,
): Promise<Experiment> {
  if (isExperimentPath(given)) return await fromFile(given, toAbsolute(given));
  const found = experiments.find(({ name }) => name === given);
  if (found !== undefined) return found;
  const names = experiments.map(({ name }) => name).join(', ');
  throw new UsageError(
    `unknown experiment "${given}"; there are ${names}; one of your own is given by its path, such as ./mine.ts`,
  );
}

async function fromFile(given: string, path: string): Promise<Experiment> {
  if (!existsSync(path)) throw new UsageError(`${given}: there is no such file`);
  const data = extname(path) === '.json' ? await fromJson(given, path) : await fromModule(given, path);
  const parsed = parseExperiment(data);
  if (parsed.state === 'refused') throw new UsageError(`${given}: ${parsed.why}`);
  for (const form of ['short', 'full'] as const) requireCells(`${given}: ${form}`, parsed.experiment[form]);
  return parsed.experiment;
}

/** Fields that are right by themselves may not go together. @throws UsageError */
function requireCells(what: string, shape: Shape | undefined): void {
  if (shape === undefined) return;
  try {
    const why = whyNotTogether(shape, nominalCells(shape));
    if (why !== null) throw new RangeError(why);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UsageError(`${what}.${cause.message}`, { cause });
  }
}

async function fromJson(given: string, path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw cannotRead(given, cause);
  }
}

async function fromModule(given: string, path: string): Promise<unknown> {
  if (extname(path) !== '.ts') {
    throw new UsageError(`${given}: an experiment is a .ts or a .json file`);
  }
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(pathToFileURL(path).href);
  } catch (cause) {
    throw cannotRead(given, cause);
  }
  const data = module.default ?? module.experiment;
  if (data === undefined) {
    throw new UsageError(`${given}: it exports neither default nor experiment; export default { name: … }`);
  }
  return data;
}

function cannotRead(given: string, cause: unknown): UsageError {
  const why = cause instanceof Error ? cause.message.trim().split('\n')[0] : String(cause);
  return new UsageError(`${given}: can't read it: ${why}`, { cause });
}
