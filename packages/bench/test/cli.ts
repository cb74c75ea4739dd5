import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Replicate } from '@acceptbench/results/replicate';
import { Run } from '@acceptbench/results/run';

const entry = fileURLToPath(new URL('../src/cli.ts', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly finished: Promise<Finished>;
  /** Resolves when stdout has what is looked for; rejects when the CLI ends first. */
  saw(pattern: RegExp): Promise<void>;
  /** What stdout has so far. */
  output(): string;
}

/** Starts the CLI as a person would, with a results folder that goes away with the test. */
export function startCli(
  context: TestContext,
  args: readonly string[],
  env: Record<string, string> = {},
): Started {
  const child = spawn(process.execPath, [entry, ...args], {
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  context.after(() => child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const watcher of watchers) watcher();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    child,
    pid: child.pid ?? 0,
    finished,
    output: () => stdout,
    saw(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => pattern.test(stdout) && resolve();
        watchers.add(look);
        look();
        void finished.then(() => reject(new Error(`ended without ${pattern}: ${stdout}${stderr}`)));
      });
    },
  };
}

/** Runs the CLI to its end. */
export function cli(
  context: TestContext,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Finished> {
  return startCli(context, args, env).finished;
}

/** A folder for results that goes away with the test. */
export function resultsFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'acceptbench-results-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** The one run in a results folder, validated by its schema. */
export function readResults(parent: string) {
  const [name, ...others] = readdirSync(parent);
  if (name === undefined || others.length > 0) throw new Error(`expected one run in ${parent}`);
  const folder = join(parent, name);
  const lines = readdirSync(folder).includes('replicates.ndjson')
    ? readFileSync(join(folder, 'replicates.ndjson'), 'utf8').trimEnd().split('\n')
    : [];
  return {
    folder,
    run: Run.parse(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))),
    replicates: lines.map((line) => Replicate.parse(JSON.parse(line))),
  };
}
