import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type Probe, startProbe } from '@acceptbench/probe/exporter';
import type { Command } from 'commander';
import { CannotRunError, exitCodes, UsageError } from '../exitCodes.ts';
import { listenAddress, openToOthers, wholeNumber } from '../flags.ts';
import { httpUrl } from '../live/flags.ts';
import { type Scraper, startScraper } from '../replicate/scrape.ts';

interface ProbeFlags {
  readonly port: number[];
  readonly pid?: number;
  readonly listen: { readonly host: string; readonly port: number };
  readonly period: number;
  readonly serverMetrics?: string;
  readonly oneRequest: boolean;
}

/** Between two readings of the server's metrics, and between two tries while it does not answer. */
const scrapeMs = 50;
const retryMs = 500;

const ports = (text: string) => text.split(',').map((each) => wholeNumber(1, 65_535)(each.trim()));

/** `acceptbench probe`: the probe alone, for a server that runs already. */
export function addProbeCommand(cli: Command): void {
  cli
    .command('probe')
    .description('watch a server that runs already, and serve its accept queues to Prometheus')
    .requiredOption('-p, --port <ports>', 'TCP ports that it listens on, comma-separated', ports)
    .option('--pid <n>', 'its process, for CPU, memory and descriptors', wholeNumber(1, 2 ** 22))
    .option(
      '-l, --listen <address:port>',
      'where /metrics is served; port 0 lets the kernel choose (default: 127.0.0.1:9465)',
      listenAddress,
      listenAddress('127.0.0.1:9465'),
    )
    .option('--period <ms>', 'ms between two readings of the queues', wholeNumber(5, 60_000), 100)
    .option(
      '--server-metrics <url>',
      'where a server of acceptbench’s kind serves its own metrics: its offload queue and its work are watched too, 20 times a second',
      httpUrl,
    )
    .option(
      '--one-request',
      'with --server-metrics: each connection brings one request, so those accepted and not yet started are known',
      false,
    )
    .addHelpText(
      'after',
      '\nIt sees the network namespace that it runs in: for a container, start it inside with nsenter --net.\nExit: 0 ended by Ctrl-C or SIGTERM · 1 can’t run here · 2 wrong option',
    )
    .action(async (flags: ProbeFlags) => {
      await probe(flags);
      process.exitCode = exitCodes.ok;
    });
}

async function probe(flags: ProbeFlags): Promise<void> {
  const { port, pid, listen, period: periodMs, serverMetrics, oneRequest } = flags;
  if (oneRequest && serverMetrics === undefined) {
    throw new UsageError('--one-request is about what --server-metrics tells; give both');
  }
  if (process.platform !== 'linux') {
    throw new CannotRunError(`can't probe: only Linux shows accept queues, this is ${process.platform}`);
  }
  if (pid !== undefined && !existsSync(`/proc/${pid}`)) {
    throw new CannotRunError(
      `can't probe: there is no process ${pid} here; leave out --pid, or give another`,
    );
  }
  const started = await startProbe({
    ports: port,
    ...(pid === undefined ? {} : { pid }),
    ...listen,
    periodMs,
    requestsPerConnection: oneRequest ? 'one' : 'many',
  }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CannotRunError(`can't serve metrics: ${why}; choose another address with --listen`, { cause });
  });
  const { count, limit } = started.listeners();
  const what = port.length === 1 ? `port ${port[0]}` : `ports ${port.join(', ')}`;
  const found =
    count === 0
      ? 'nothing listens there yet'
      : `${count === 1 ? '1 listener' : `${count} listeners`}, limit ${limit ?? 'not known'}`;
  console.log(`probing ${what} (${found}); metrics at ${started.url}; Ctrl-C ends it`);
  for (const reason of started.notMeasured()) console.log(`not measured: ${reason}`);
  const open = openToOthers(listen.host);
  if (open !== null) console.log(open);
  const scraping = serverMetrics === undefined ? undefined : scrapeWhenThere(serverMetrics, started);
  const told = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  try {
    await Promise.race([told, started.failed]);
  } finally {
    scraping?.stop();
    await started.close();
  }
}

/** Reads the server's metrics from when it serves them on: it may start after the probe. */
function scrapeWhenThere(url: string, probe: Pick<Probe, 'add'>): { stop(): void } {
  const now = () => performance.timeOrigin + performance.now();
  let scraper: Scraper | undefined;
  let stopped = false;
  const begin = async () => {
    while (!stopped && scraper === undefined) {
      try {
        scraper = await startScraper(url, scrapeMs, now, (sample) => probe.add(sample));
      } catch {
        await delay(retryMs); // Nobody answers yet.
      }
    }
    if (stopped) scraper?.stop();
  };
  void begin();
  return {
    stop() {
      stopped = true;
      scraper?.stop();
    },
  };
}
