import { Recorder } from '@acceptbench/metrics/recorder';
import { readScalar, type Totals } from '@acceptbench/metrics/snapshot';
import { oneLine } from './errors.ts';
import type { Mechanism, MechanismContext } from './mechanism.ts';
import { memberIndexVariable, memberMetricsVariable, slotsPath } from './member.ts';
import { toVariables, UsageError } from './options.ts';
import type { MemberHandle } from './platform.ts';

/**
 * `prefork`: N processes on one port, each an accept loop that computes. This one starts them, shows their metrics as
 * one, and passes the end on; when it goes, they go.
 *
 * @throws Error when one of them does not listen
 */
export async function startPrefork(context: MechanismContext): Promise<Mechanism> {
  const { platform, options, source, metrics, fatal } = context;
  // Where this process accepts for the others, it is the one that counts connections accepted.
  const recorder = platform.watchFront === null ? null : new Recorder(source.memory, 0);
  const front = platform.watchFront?.(() => recorder?.connectionAccepted(platform.now()));
  const members: Member[] = [];
  const urls: string[] = [];
  // The members of a cluster ask for the port that was asked for, 0 too, and get one and the same.
  let { port } = options;
  const sharded = platform.preforkSharing === 'sharded';
  for (let index = 0; index < options.workers; index += 1) {
    const member = startMember(context, index, port, metrics.url);
    members.push(member);
    try {
      const facts = await member.listening;
      if (facts.version !== platform.version) {
        throw new Error(
          `process ${index} runs ${platform.runtime} ${facts.version}, this one ${platform.version}`,
        );
      }
      if (sharded || index === options.workers - 1) port = facts.port;
      urls.push(facts.metricsUrl.replace(/\/metrics$/, slotsPath));
    } catch (error) {
      for (const started of members) started.handle.kill();
      if (!sharded || index === 0) throw error;
      throw new UsageError(
        `TOPOLOGY: got "prefork", but process ${index + 1} can't share port ${port}: ${platform.runtime}'s ${options.api} API ignores SO_REUSEPORT here (${oneLine(error)})`,
      );
    }
  }
  metrics.setMembers(urls);
  for (const member of members) member.onEarlyExit(fatal);
  return {
    port,
    sharing: platform.preforkSharing,
    async drain() {
      await front?.close();
      for (const { handle } of members) handle.drain();
      await Promise.all(members.map(({ drained }) => drained));
    },
    // Each member sees to its own connections.
    dropConnections() {},
    close() {
      for (const { handle } of members) handle.kill();
    },
    totals() {
      const sum = sumOf(members.map(({ totals }) => totals()));
      return recorder === null
        ? sum
        : { ...sum, accepted: readScalar(source.memory, 0, 'connectionsAccepted') };
    },
    // Members show only their own threads.
    setInfo() {},
  };
}

/** What a member says when it listens. */
interface Facts {
  readonly port: number;
  readonly metricsUrl: string;
  readonly version: string;
}

interface Member {
  readonly handle: MemberHandle;
  readonly listening: Promise<Facts>;
  /** Resolves when it has ended after it was told to. */
  readonly drained: Promise<void>;
  totals(): Totals | undefined;
  onEarlyExit(handler: (message: string) => void): void;
}

function startMember(
  { platform, options }: MechanismContext,
  index: number,
  port: number,
  metricsUrl: string,
): Member {
  const listening = Promise.withResolvers<Facts>();
  const drained = Promise.withResolvers<void>();
  let totals: Totals | undefined;
  let early: ((message: string) => void) | undefined;
  const handle = platform.startMember({
    ...toVariables({ ...options, port, metricsPort: 0 }),
    [memberIndexVariable]: String(index),
    [memberMetricsVariable]: metricsUrl,
  });
  const errors: string[] = [];
  handle.onErrorLine((line) => {
    errors.push(line);
    if (early !== undefined) platform.printError(line);
  });
  handle.onLine((line) => {
    const said = parse(line);
    if (said.event === 'listening') {
      listening.resolve({
        port: Number(/:(\d+)$/.exec(String(said.url))?.[1]),
        metricsUrl: String(said.metricsUrl),
        version: String(said.version),
      });
    } else if (said.event === 'drained') {
      totals = said as unknown as Totals;
    }
  });
  handle.onExit((reason) => {
    const message = `process ${index} of ${options.workers} ended: ${oneLine(errors.at(-1) ?? reason)}`;
    listening.reject(new Error(message));
    if (totals === undefined) early?.(message);
    drained.resolve();
  });
  return {
    handle,
    listening: listening.promise,
    drained: drained.promise,
    totals: () => totals,
    onEarlyExit(handler) {
      early = handler;
    },
  };
}

function parse(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // A line for people.
  }
}

const nothing: Totals = {
  accepted: 0,
  closed: 0,
  started: 0,
  completed: 0,
  aborted: 0,
  shed: 0,
  abandoned: 0,
  workerRestarts: 0,
};

function sumOf(all: readonly (Totals | undefined)[]): Totals {
  return all.reduce<Totals>((sum, totals) => {
    const add = (key: keyof Totals) => sum[key] + (totals?.[key] ?? 0);
    return {
      accepted: add('accepted'),
      closed: add('closed'),
      started: add('started'),
      completed: add('completed'),
      aborted: add('aborted'),
      shed: add('shed'),
      abandoned: add('abandoned'),
      workerRestarts: add('workerRestarts'),
    };
  }, nothing);
}
