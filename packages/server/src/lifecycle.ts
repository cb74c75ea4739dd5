import { createWork, formatWork } from '@acceptbench/handler/work';
import type { ExpositionSource, ThreadDescription } from '@acceptbench/metrics/exposition';
import { allocateMetrics } from '@acceptbench/metrics/layout';
import { Recorder } from '@acceptbench/metrics/recorder';
import { readTotals } from '@acceptbench/metrics/snapshot';
import { App, type Labour } from './app.ts';
import { OffloadQueue } from './offloadQueue.ts';
import { helpText, type Options, resolveOptions, UsageError } from './options.ts';
import type { Listening, Platform } from './platform.ts';
import { type CpuInit, fromMetricsThread, type MetricsInit } from './protocol.ts';

/** Exit codes: 0 drained, 1 failed or cut short, 2 a bad option. */
const exitCodes = { drained: 0, failed: 1, usage: 2 } as const;

/**
 * A server's life: options → metrics thread → workers → listen → one JSON line → … → SIGTERM → drain → one JSON line.
 * Never rejects: whatever goes wrong is one line on stderr and an exit code.
 */
export async function runServer(platform: Platform): Promise<void> {
  try {
    const options = resolveOptions(platform.env, platform.args, platform.capabilities);
    if (options === 'help') {
      platform.print(helpText(platform.runtime));
      platform.exit(exitCodes.drained);
      return;
    }
    await serve(platform, options);
  } catch (error) {
    platform.printError(oneLine(error));
    platform.exit(error instanceof UsageError ? exitCodes.usage : exitCodes.failed);
  }
}

async function serve(platform: Platform, options: Options): Promise<void> {
  const offloads = options.topology === 'offload';
  const threads: ThreadDescription[] = offloads
    ? [
        { name: 'accept-0', writes: ['accept', 'queue'] },
        ...Array.from({ length: options.workers }, (_, index) => ({
          name: `worker-${index}`,
          writes: ['compute', 'worker'] as const,
        })),
      ]
    : [{ name: 'accept-0', writes: ['accept', 'compute'] }];
  const memory = allocateMetrics(threads.length);
  const recorder = new Recorder(memory, 0);
  const fatal = (message: string) => {
    platform.printError(oneLine(message));
    platform.exit(exitCodes.failed);
  };

  const queue = offloads ? startQueue(platform, options, memory, recorder, fatal) : undefined;
  const labour: Labour =
    queue === undefined ? { kind: 'inline', run: createWork(options.work) } : { kind: 'offload', queue };
  const facts = describe(platform, options);
  const metricsPort = await startMetrics(platform, options, {
    memory,
    threads,
    connectionHook: platform.connectionHook,
    info: { ...facts, effective_backlog: String(facts.effective_backlog) },
  });
  await queue?.ready;
  const listening = await listen(platform, options, new App(labour, recorder, platform.now));

  onStop(platform, options, listening, (complete) => {
    queue?.close();
    const { accepted, closed, ...totals } = readTotals(memory, threads.length);
    const connections = platform.connectionHook ? { accepted, closed } : {};
    platform.print(JSON.stringify({ event: 'drained', complete, ...connections, ...totals }));
  });
  platform.print(
    JSON.stringify({
      event: 'listening',
      url: urlOf(options.host, listening.port),
      metricsUrl: `${urlOf(options.host, metricsPort)}/metrics`,
      pid: platform.pid,
      runtime: facts.runtime,
      version: facts.version,
      api: facts.api,
      topology: facts.topology,
      workers: options.workers,
      work: facts.work,
      effectiveBacklog: facts.effective_backlog,
    }),
  );
}

function startQueue(
  platform: Platform,
  options: Options,
  memory: SharedArrayBuffer,
  recorder: Recorder,
  onFatal: (message: string) => void,
): OffloadQueue {
  return new OffloadQueue({
    workers: options.workers,
    limit: options.queueLimit,
    recorder,
    now: platform.now,
    onFatal,
    startWorker: (index) => {
      const thread = platform.startThread('cpu');
      thread.post({ work: options.work, memory, thread: 1 + index } satisfies CpuInit);
      return thread;
    },
  });
}

async function listen(platform: Platform, options: Options, app: App): Promise<Listening> {
  try {
    return await platform.listen(options, app);
  } catch (error) {
    throw cannotListen('PORT', options.host, options.port, error);
  }
}

function cannotListen(variable: string, host: string, port: number, cause: unknown): Error {
  return new Error(`HOST, ${variable}: can't listen on ${host} port ${port}: ${oneLine(cause)}`, { cause });
}

function startMetrics(platform: Platform, options: Options, source: ExpositionSource): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const thread = platform.startThread('metrics');
  thread.onMessage((message) => {
    const answer = fromMetricsThread(message);
    if (answer.kind === 'listening') resolve(answer.port);
    else reject(cannotListen('METRICS_PORT', options.host, options.metricsPort, answer.error));
  });
  thread.onExit((reason) => reject(new Error(`the metrics thread ended: ${reason}`)));
  thread.post({ host: options.host, port: options.metricsPort, source } satisfies MetricsInit);
  return promise;
}

/** The first signal drains, within the grace time; a second one, or the end of that time, ends the server. */
function onStop(
  platform: Platform,
  options: Options,
  listening: Listening,
  report: (complete: boolean) => void,
): void {
  let stopping = false;
  let ended = false;
  const end = (complete: boolean) => {
    if (ended) return;
    ended = true;
    report(complete);
    platform.exit(complete ? exitCodes.drained : exitCodes.failed);
  };
  platform.onSignal(() => {
    if (stopping) {
      end(false);
      return;
    }
    stopping = true;
    platform.after(options.shutdownGraceMs, () => end(false));
    listening.drain().then(
      () => end(true),
      (error: unknown) => {
        platform.printError(`draining failed: ${oneLine(error)}`);
        end(false);
      },
    );
  });
}

function describe(platform: Platform, options: Options) {
  const { fallback, honoured } = platform.backlog;
  const asked = honoured ? (options.backlog ?? fallback) : fallback;
  const somaxconn = platform.somaxconn();
  return {
    runtime: platform.runtime,
    version: platform.version,
    api: options.api,
    topology: options.topology,
    work: formatWork(options.work),
    effective_backlog: somaxconn === null ? asked : Math.min(asked, somaxconn),
  };
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim();
}
