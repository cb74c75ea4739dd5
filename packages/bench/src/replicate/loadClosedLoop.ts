import { setTimeout as delay } from 'node:timers/promises';
import { type ClosedLoopTask, toClosedLoad } from '@acceptbench/client/closedLoop';
import { generators } from '@acceptbench/client/generators';
import { findProgram } from '@acceptbench/client/program';
import type { ClosedLoad } from '@acceptbench/results/cell';
import type { LoadResult } from '@acceptbench/results/load';
import { gapSeconds } from '../experiments/duration.ts';
import { type Child, startChild } from './children.ts';
import { NotOfferedError } from './error.ts';
import type { LoadOptions, RunningLoad } from './load.ts';
import { endOfLoad } from './loadProcess.ts';

/** wrk or oha, twice: a warm-up, and after a while in which the server empties the measured run. @throws as requireGenerator */
export async function startClosedLoop(options: LoadOptions, load: ClosedLoad): Promise<RunningLoad> {
  const { cell, baseUrl, loadCores, prefix, now } = options;
  const generator = generators[load.generator];
  const program = await requireGenerator(load);
  const start = (seconds: number) => {
    const task: ClosedLoopTask = {
      url: `${baseUrl}/data`,
      connections: load.connections,
      seconds,
      threads: loadCores,
      keepAlive: cell.policy === 'keep-alive',
    };
    return run([...prefix, program, ...generator.arguments(task)]);
  };
  let running: Running | undefined;
  const result = async (): Promise<LoadResult> => {
    if (load.warmupSeconds > 0) {
      running = await start(load.warmupSeconds);
      await endOfLoad(generator.name, running.child, load.warmupSeconds);
      await delay(gapSeconds * 1000);
    }
    const windowStartMs = now();
    running = await start(load.durationSeconds);
    await endOfLoad(generator.name, running.child, load.durationSeconds);
    return toClosedLoad(generator.parse(running.text()), windowStartMs, load.durationSeconds);
  };
  return {
    get pid() {
      return running?.child.pid;
    },
    result: result(),
    kill: () => running?.child.kill('SIGKILL'),
  };
}

/** The program of a load's generator. @throws NotOfferedError where it is not installed, saying how it comes here. */
export async function requireGenerator({ generator }: ClosedLoad): Promise<string> {
  const { name, install } = generators[generator];
  const program = await findProgram(name, process.env.PATH ?? '');
  if (program === null) throw new NotOfferedError(`${name} is not on the PATH; install it: ${install}`);
  return program;
}

interface Running {
  readonly child: Child;
  /** What it has printed on stdout. */
  text(): string;
}

async function run(command: readonly string[]): Promise<Running> {
  const lines: string[] = [];
  const child = await startChild(command, { env: process.env }, (stream, line) => {
    if (stream === 'stdout') lines.push(line);
  });
  return { child, text: () => lines.join('\n') };
}
