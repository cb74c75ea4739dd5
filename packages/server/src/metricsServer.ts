import type { ExpositionSource } from '@acceptbench/metrics/exposition';
import { inUrl } from './address.ts';
import { cannotListen } from './errors.ts';
import type { Options } from './options.ts';
import type { Platform } from './platform.ts';
import { fromMetricsThread, type ToMetricsThread } from './protocol.ts';

/** The metrics thread, as the server sees it. */
export interface MetricsServer {
  readonly url: string;
  /** The labels of the info metric. */
  setInfo(info: Readonly<Record<string, string>>): void;
  /** From now on it shows these processes' metrics too, by the URLs of their slots. */
  setMembers(urls: readonly string[]): void;
}

/**
 * Starts the thread that serves /metrics.
 *
 * @param onDeath called when it ends after it listened
 * @throws Error when it can't listen
 */
export async function startMetricsServer(
  platform: Platform,
  options: Options,
  source: ExpositionSource,
  onDeath: (message: string) => void,
): Promise<MetricsServer> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const thread = platform.startThread('metrics');
  let listens = false;
  thread.onMessage((message) => {
    const answer = fromMetricsThread(message);
    if (answer.kind === 'failed') {
      reject(cannotListen('METRICS_PORT', options.host, options.metricsPort, answer.error));
      return;
    }
    listens = true;
    resolve(answer.port);
  });
  thread.onExit((reason) => {
    const message = `the metrics thread ended: ${reason}`;
    if (listens) onDeath(message);
    else reject(new Error(message));
  });
  const tell = (message: ToMetricsThread) => thread.post(message);
  tell({
    kind: 'init',
    host: options.host,
    port: options.metricsPort,
    source,
    member: platform.owner() !== null,
  });
  const port = await promise;
  return {
    url: `${urlOf(options.host, port)}/metrics`,
    setInfo: (info) => tell({ kind: 'info', info }),
    setMembers: (urls) => tell({ kind: 'members', urls }),
  };
}

/** The URL of a listener; an IPv6 address stands in brackets. */
export function urlOf(host: string, port: number): string {
  return `http://${inUrl(host)}:${port}`;
}
