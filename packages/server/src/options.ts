import { formatWork, parseWork, type Work } from '@acceptbench/handler/work';
import { isIpAddress } from './address.ts';

export const apis = ['native', 'node-http'] as const;
export type Api = (typeof apis)[number];
export const topologies = ['inline', 'offload', 'reuseport', 'reuseport-offload', 'prefork'] as const;
export type Topology = (typeof topologies)[number];

/** What a server is, resolved: from here on only this travels. */
export interface Options {
  /** Address to listen on; loopback unless told. */
  readonly host: string;
  /** 0 lets the kernel choose; the line printed when listening says which. */
  readonly port: number;
  readonly metricsPort: number;
  readonly api: Api;
  readonly topology: Topology;
  /** Threads or processes that compute: 1 (`inline`), CPU workers (`offload`, `reuseport-offload`), accept loops (the others). */
  readonly workers: number;
  /** Accept loops: 1 (`inline`, `offload`), as many as workers (`reuseport`, `prefork`), or as LISTENERS says. */
  readonly listeners: number;
  readonly work: Work;
  /** The listen argument, in connections; null leaves the runtime's default. */
  readonly backlog: number | null;
  /** Jobs that may wait for a CPU worker before the server sheds; null queues without end. */
  readonly queueLimit: number | null;
  /** How long a drain may take, in ms. */
  readonly shutdownGraceMs: number;
}

/** What a server variant offers of these options; anything else is refused at start. */
export interface Capabilities {
  readonly apis: readonly Api[];
  readonly topologies: readonly Topology[];
}

/** One line for the person who started the server: the variable, what it got, what it takes. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Field<T> {
  readonly variable: string;
  readonly fallback: string;
  readonly takes: string;
  /** Undefined when the text is not accepted. */
  parse(text: string): T | undefined;
}

const wholeNumber = (
  variable: string,
  fallback: string,
  min: number,
  max: number,
  what: string,
): Field<number> => ({
  variable,
  fallback,
  takes: `a whole number from ${min} to ${max} (${what})`,
  parse: (text) => {
    const value = /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  },
});

const oneOf = <T extends string>(variable: string, fallback: T, accepted: readonly T[]): Field<T> => ({
  variable,
  fallback,
  takes: accepted.join(', '),
  parse: (text) => accepted.find((value) => value === text),
});

const optional = <T>(field: Field<T>): Field<T | null> => ({
  ...field,
  parse: (text) => (text === '' ? null : field.parse(text)),
});

const fields = {
  host: {
    variable: 'HOST',
    fallback: '127.0.0.1',
    takes: 'an IP address to listen on, such as 127.0.0.1, ::1 or 0.0.0.0',
    parse: (text: string) => (isIpAddress(text) ? text : undefined),
  },
  port: wholeNumber('PORT', '8080', 0, 65535, 'TCP port; 0 lets the kernel choose'),
  metricsPort: wholeNumber(
    'METRICS_PORT',
    '9464',
    0,
    65535,
    'TCP port of /metrics; 0 lets the kernel choose',
  ),
  api: oneOf('API', 'native', apis),
  topology: oneOf('TOPOLOGY', 'inline', topologies),
  workers: wholeNumber('WORKERS', '1', 1, 256, 'threads or processes that compute'),
  listeners: optional(
    wholeNumber('LISTENERS', '', 1, 256, 'accept loops of reuseport-offload; unset for as many as WORKERS'),
  ),
  work: {
    variable: 'WORK',
    fallback: 'wasm:4000000',
    takes: 'none, format:N or wasm:N, a kind of work and its iterations',
    parse: (text: string) => {
      try {
        return parseWork(text);
      } catch (error) {
        if (error instanceof RangeError) return undefined;
        throw error;
      }
    },
  },
  backlog: optional(wholeNumber('BACKLOG', '', 1, 65535, "connections; unset for the runtime's default")),
  queueLimit: optional(wholeNumber('QUEUE_LIMIT', '', 1, 1_000_000, 'waiting jobs; unset for no limit')),
  shutdownGraceMs: wholeNumber('SHUTDOWN_GRACE_MS', '30000', 0, 600_000, 'milliseconds a drain may take'),
} satisfies { readonly [Key in Exclude<keyof Options, 'listeners'>]: Field<Options[Key]> } & {
  readonly listeners: Field<number | null>;
};

/** Environment variables that a server reads, so that a runtime with permissions can be given these and no others. */
export const variables: readonly string[] = Object.values(fields).map(({ variable }) => variable);

/** The options of another process of the same server, as its environment. */
export function toVariables(options: Options): Record<string, string> {
  return {
    HOST: options.host,
    PORT: String(options.port),
    METRICS_PORT: String(options.metricsPort),
    API: options.api,
    TOPOLOGY: options.topology,
    WORKERS: String(options.workers),
    LISTENERS: '',
    WORK: formatWork(options.work),
    BACKLOG: options.backlog === null ? '' : String(options.backlog),
    QUEUE_LIMIT: options.queueLimit === null ? '' : String(options.queueLimit),
    SHUTDOWN_GRACE_MS: String(options.shutdownGraceMs),
  };
}

/** Whether CPU workers do the work, behind a queue. */
export function offloads(topology: Topology): boolean {
  return topology === 'offload' || topology === 'reuseport-offload';
}

const flagOf = (variable: string) => `--${variable.toLowerCase().replaceAll('_', '-')}`;

/** The text for `--help`. */
export function helpText(runtime: string): string {
  const rows = Object.values(fields).map(({ variable, fallback, takes }) => {
    const name = `  ${flagOf(variable)}, ${variable}`;
    return `${name.padEnd(42)}${takes}${fallback === '' ? '' : ` [${fallback}]`}`;
  });
  return [
    `acceptbench server on ${runtime}: GET /data does the work, GET /healthz answers at once, and /metrics has a port of its own.`,
    '',
    'Options, as a flag or an environment variable (the flag wins):',
    ...rows,
    '',
    'SIGTERM or SIGINT stops accepting and finishes what is in flight; a second one ends the server at once.',
  ].join('\n');
}

/**
 * Reads options from flags (`--port 8080` or `--port=8080`) and, for what they leave open, from the environment.
 *
 * @returns `'help'` when `--help` was asked for.
 * @throws {UsageError} at the first thing that is not accepted.
 */
export function resolveOptions(
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
  capabilities: Capabilities,
): Options | 'help' {
  const flags = readFlags(args);
  if (flags === 'help') return 'help';
  const read = <T>(field: Field<T>): T => {
    const given = flags.get(flagOf(field.variable)) ?? env[field.variable] ?? field.fallback;
    const value = field.parse(given);
    if (value === undefined) {
      throw new UsageError(`${field.variable}: got "${printable(given)}", accepted is ${field.takes}`);
    }
    return value;
  };
  const topology = read(fields.topology);
  const workers = read(fields.workers);
  const listeners = read(fields.listeners);
  const options: Options = {
    host: read(fields.host),
    port: read(fields.port),
    metricsPort: read(fields.metricsPort),
    api: read(fields.api),
    topology,
    workers,
    listeners: topology === 'inline' || topology === 'offload' ? 1 : (listeners ?? workers),
    work: read(fields.work),
    backlog: read(fields.backlog),
    queueLimit: read(fields.queueLimit),
    shutdownGraceMs: read(fields.shutdownGraceMs),
  };
  refuseWhatDoesNotFit(options, listeners, capabilities);
  return options;
}

function refuseWhatDoesNotFit(options: Options, listeners: number | null, capabilities: Capabilities): void {
  const offered = <T extends string>(variable: string, value: T, accepted: readonly T[]) => {
    if (accepted.includes(value)) return;
    throw new UsageError(`${variable}: got "${value}", this server offers ${accepted.join(', ')}`);
  };
  offered('API', options.api, capabilities.apis);
  offered('TOPOLOGY', options.topology, capabilities.topologies);
  if (options.topology === 'inline' && options.workers !== 1) {
    throw new UsageError(
      `WORKERS: got "${options.workers}", accepted is 1 with TOPOLOGY=inline, which computes on its one accept loop; TOPOLOGY=offload has workers`,
    );
  }
  if (listeners !== null && options.topology !== 'reuseport-offload') {
    throw new UsageError(
      `LISTENERS: got "${listeners}", accepted is nothing with TOPOLOGY=${options.topology}, where ${options.listeners === 1 ? 'there is one' : 'WORKERS says it'}`,
    );
  }
  if (!offloads(options.topology) && options.queueLimit !== null) {
    throw new UsageError(
      `QUEUE_LIMIT: got "${options.queueLimit}", accepted is nothing with TOPOLOGY=${options.topology}, which has no offload queue`,
    );
  }
  if (options.port !== 0 && options.port === options.metricsPort) {
    throw new UsageError(`METRICS_PORT: got "${options.metricsPort}", accepted is any port but PORT's`);
  }
}

function readFlags(args: readonly string[]): Map<string, string> | 'help' {
  const known = new Set(variables.map(flagOf));
  const flags = new Map<string, string>();
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (arg === '--help' || arg === '-h') return 'help';
    const equals = arg.indexOf('=');
    const name = equals === -1 ? arg : arg.slice(0, equals);
    if (!known.has(name)) {
      throw new UsageError(
        `unknown argument "${printable(arg)}", accepted are ${[...known].join(', ')} and --help`,
      );
    }
    let value = arg.slice(equals + 1);
    if (equals === -1) {
      index += 1;
      const next = args[index];
      if (next === undefined)
        throw new UsageError(`${name}: got nothing, accepted is a value after it; --help says which`);
      value = next;
    }
    flags.set(name, value);
  }
  return flags;
}

/** Keeps an error to one line, whatever was given. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?').slice(0, 100);
}
