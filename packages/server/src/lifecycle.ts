import { formatWork } from '@acceptbench/handler/work';
import type { ExpositionSource } from '@acceptbench/metrics/exposition';
import { allocateMetrics } from '@acceptbench/metrics/layout';
import { oneLine } from './errors.ts';
import { listenersAt } from './listenLimits.ts';
import type { Mechanism, MechanismContext } from './mechanism.ts';
import { memberIndexVariable } from './member.ts';
import { startMetricsServer, urlOf } from './metricsServer.ts';
import { helpText, type Options, resolveOptions, UsageError } from './options.ts';
import type { Platform, Sharing } from './platform.ts';
import { startPrefork } from './prefork.ts';
import { startReuseport } from './reuseport.ts';
import { startSingle } from './single.ts';
import { stopInOrder } from './stop.ts';
import { planThreads } from './threadPlan.ts';

/** Exit codes: 0 drained, 1 failed or cut short, 2 a bad option, or one that this runtime can't honour. */
const exitCodes = { drained: 0, failed: 1, usage: 2 } as const;

/**
 * A server's life: options → metrics thread → topology → listen → one JSON line → … → SIGTERM → drain → one JSON line.
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
  const member = platform.owner() === null ? null : Number(platform.env[memberIndexVariable]);
  const plan = planThreads(options, member, platform.preforkSharing);
  const { runtime, version } = platform;
  const { api, topology, workers, listeners } = options;
  const facts = { runtime, version, api, topology, workers, listeners, work: formatWork(options.work) };
  const source: ExpositionSource = {
    memory: allocateMetrics(plan.threads.length),
    threads: plan.threads,
    connectionHook: platform.connectionHook(api),
    info: {},
  };
  const fatal = (message: string) => {
    platform.printError(oneLine(message));
    platform.exit(exitCodes.failed);
  };
  const metrics = await startMetricsServer(platform, options, source, fatal);
  const mechanism = await startMechanism({ platform, options, plan, source, metrics, fatal }, member);
  stopInOrder(platform, options, mechanism, (complete) => {
    mechanism.close();
    const { accepted, closed, ...totals } = mechanism.totals();
    const connections = source.connectionHook ? { accepted, closed } : {};
    platform.print(JSON.stringify({ event: 'drained', complete, ...connections, ...totals }));
    platform.exit(complete ? exitCodes.drained : exitCodes.failed);
  });
  const { sharing } = mechanism;
  const backlog = member === null ? await readBacklog(platform, options, mechanism) : {};
  if (member === null) {
    const info = toLabels({ ...facts, sharing, ...backlog });
    metrics.setInfo(info);
    mechanism.setInfo(info);
  }
  platform.print(
    JSON.stringify({
      event: 'listening',
      url: urlOf(options.host, mechanism.port),
      metricsUrl: metrics.url,
      pid: platform.pid,
      ...facts,
      sharing,
      ...backlog,
    }),
  );
}

/** `effectiveBacklog: 511` becomes `effective_backlog="511"`. */
function toLabels(facts: Readonly<Record<string, string | number | boolean>>): Record<string, string> {
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [snake(name), String(value)]));
}

function startMechanism(context: MechanismContext, member: number | null): Promise<Mechanism> {
  const { options, platform } = context;
  switch (options.topology) {
    case 'inline':
    case 'offload':
      return startSingle(context, false);
    case 'reuseport':
    case 'reuseport-offload':
      return startReuseport(context);
    case 'prefork':
      return member === null
        ? startPrefork(context)
        : startSingle(context, platform.preforkSharing === 'sharded');
  }
}

/** Listeners that a way of sharing has in the kernel. */
function listenersOf(sharing: Sharing, options: Options): number {
  return sharing === 'sharded' ? options.listeners : 1;
}

/**
 * The effective backlog, the sum over the listeners, as the kernel has it; and whether BACKLOG was asked for and ignored.
 *
 * @throws UsageError when the listeners that the kernel has are not those that the topology asks for
 */
async function readBacklog(platform: Platform, options: Options, mechanism: Mechanism) {
  const { fallback, honoured } = platform.backlog(options.api);
  const ignored = !honoured && options.backlog !== null ? { backlogIgnored: true } : {};
  const text = await platform.listSockets();
  const sockets = text === null ? [] : listenersAt(options.host, mechanism.port, text);
  const expected = listenersOf(mechanism.sharing, options);
  if (sockets.length === 0) {
    const asked = honoured ? (options.backlog ?? fallback) : fallback;
    return { effectiveBacklog: asked * expected, backlogSource: 'asked for', ...ignored };
  }
  if (sockets.length !== expected) {
    mechanism.close();
    throw new UsageError(
      `TOPOLOGY: got "${options.topology}" with ${expected} listeners, the kernel has ${sockets.length} on port ${mechanism.port}: ${platform.runtime}'s ${options.api} API does not offer it`,
    );
  }
  const effectiveBacklog = sockets.reduce((sum, { limit }) => sum + limit, 0);
  return { effectiveBacklog, backlogSource: 'kernel', ...ignored };
}
