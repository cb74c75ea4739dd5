import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readReplicate, readRun, readSample, UnreadableResultError } from '@acceptbench/results/read';
import type { Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import type { Sample } from '@acceptbench/results/sample';
import { linesOf } from './lines.ts';
import { nameOf } from './store.ts';

/** A line, or a file, that could not be read: what is left is shown without it, and this is told. */
export type Damage = {
  /** Within the run's folder, such as `replicates.ndjson`. */
  readonly file: string;
  /** 1-based; null for the file as a whole. */
  readonly line: number | null;
  /** Why, in one line of plain text. */
  readonly why: string;
};

/** What a run left on disk, of this schema version or an older one. */
export type RunFolder = {
  readonly folder: string;
  readonly run: Run;
  /** In the order in which they ended. */
  readonly replicates: readonly Replicate[];
  /** True when the last line of `replicates.ndjson` was half-written as the run was killed: it is left out. */
  readonly torn: boolean;
  /** Other lines that are left out. */
  readonly damage: readonly Damage[];
};

/** Reads a run's folder, without its samples. @throws UnreadableResultError when there is no run in it, in one line. */
export async function readRunFolder(folder: string): Promise<RunFolder> {
  const run = await readRunFile(folder);
  const file = 'replicates.ndjson';
  const replicates: Replicate[] = [];
  const damage: Damage[] = [];
  const seen = new Map<string, number>();
  let torn = false;
  try {
    for await (const { text, number, ended } of linesOf(createReadStream(join(folder, file)))) {
      const parsed = parseLine(text, readReplicate);
      if ('why' in parsed) {
        if (ended || parsed.isJson) damage.push({ file, line: number, why: parsed.why });
        else torn = true;
        continue;
      }
      const name = nameOf(parsed.value);
      const first = seen.get(name);
      if (first === undefined) {
        seen.set(name, number);
        replicates.push(parsed.value);
      } else {
        const why = `this attempt at block ${parsed.value.block} of ${parsed.value.cell.id} is there already, in line ${first}`;
        damage.push({ file, line: number, why });
      }
    }
  } catch (cause) {
    // A run that was killed before its first replicate ended has none.
    if (!isMissing(cause)) throw unreadable(folder, file, cause);
  }
  return { folder, run, replicates, torn, damage };
}

/**
 * The samples of a replicate, in the order they were stored, read as they are asked for. What can't be read is passed to
 * `onDamage` and left out; so is a file that is not there.
 */
export async function* readSamples(
  folder: string,
  replicate: Pick<Replicate, 'block' | 'cell' | 'attempt'>,
  onDamage: (damage: Damage) => void,
): AsyncGenerator<Sample, void, undefined> {
  const file = join('samples', `${nameOf(replicate)}.ndjson`);
  try {
    for await (const { text, number, ended } of linesOf(createReadStream(join(folder, file)))) {
      const parsed = parseLine(text, readSample);
      if ('value' in parsed) yield parsed.value;
      else onDamage({ file, line: number, why: ended || parsed.isJson ? parsed.why : 'it is half-written' });
    }
  } catch (cause) {
    onDamage({ file, line: null, why: isMissing(cause) ? 'it is not there' : inOneLine(cause) });
  }
}

/** More lines than this that can't be read are counted, not named: a file may be none of ours from end to end. */
const mostNamed = 8;

/** Everything that was left out of a run folder, in sentences of plain text. */
export function damageInWords({ torn, damage }: Pick<RunFolder, 'torn' | 'damage'>): string[] {
  const more = damage.length - mostNamed;
  return [
    ...damage.slice(0, mostNamed).map(inWords),
    ...(more > 0 ? [`replicates.ndjson: ${more} more lines that can't be read; left out`] : []),
    ...(torn ? ['replicates.ndjson: the last line is half-written, as the run was killed; left out'] : []),
  ];
}

/** What was left out, in a sentence. */
export function inWords({ file, line, why }: Damage): string {
  return `${file}${line === null ? '' : `, line ${line}`}: ${why}; left out`;
}

async function readRunFile(folder: string): Promise<Run> {
  let text: string;
  try {
    text = await readFile(join(folder, 'run.json'), 'utf8');
  } catch (cause) {
    if (!isMissing(cause)) throw unreadable(folder, 'run.json', cause);
    const isFolder = await stat(folder).then(
      (found) => found.isDirectory(),
      () => null,
    );
    const what =
      isFolder === null ? 'no such folder' : isFolder ? 'it has no run.json' : 'it is not a folder';
    throw new UnreadableResultError(
      `${folder}: ${what}; wanted is the folder of one run, such as results/2026-01-31T12-00-00Z-quick`,
      { cause },
    );
  }
  const parsed = parseLine(text, readRun);
  if ('value' in parsed) return parsed.value;
  throw new UnreadableResultError(`${folder}: run.json: ${parsed.why}`);
}

type Parsed<T> = { readonly value: T } | { readonly why: string; readonly isJson: boolean };

function parseLine<T>(text: string, read: (value: unknown) => T): Parsed<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return { why: `it is not JSON: ${inOneLine(cause)}`, isJson: false };
  }
  try {
    return { value: read(value) };
  } catch (cause) {
    return { why: inOneLine(cause), isJson: true };
  }
}

function unreadable(folder: string, file: string, cause: unknown): UnreadableResultError {
  return new UnreadableResultError(`${folder}: ${file}: ${inOneLine(cause)}`, { cause });
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR');
}

/** What an error says, without what steers a terminal, and without the file that the caller names. */
function inOneLine(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .replace(/^(?:run\.json|replicates\.ndjson|samples): /, '')
    .slice(0, 300);
}
