/** `close`: one request per connection. `keep-alive`: connections are used again. */
type Policy = 'close' | 'keep-alive';

/** What the script was asked for, checked and with every default filled in. */
export interface ScriptOptions {
  /** Scheme, host and port, without a slash at the end. */
  readonly baseUrl: string;
  /** Path of the request, with its leading slash. */
  readonly route: string;
  readonly ratePerSecond: number;
  readonly durationSeconds: number;
  readonly warmupRatePerSecond: number;
  readonly warmupSeconds: number;
  /** Between the end of the warm-up's arrivals and the start of the measured window. */
  readonly gapSeconds: number;
  readonly policy: Policy;
  /** Requests in flight at once, at most, over all runners; an arrival beyond that is dropped and counted. */
  readonly maxVus: number;
  /** How many runners share the arrivals by k6's execution segments; each has its share of the virtual users. */
  readonly runners: number;
  /** A response that takes longer is an error. */
  readonly timeoutSeconds: number;
  /** True where the server may shed: a response 503 is then counted apart, and is not wrong. */
  readonly sheds: boolean;
  /** True when counters are to be heard of all the time, for somebody who watches: from zero on, and while they stand still. */
  readonly countsSteadily: boolean;
  /** The exact body of a right response; absent: JSON with `street`, `city` and `count`. */
  readonly expectedBody?: string;
}

/** Time before the measured window in which k6 activates its virtual users: see `arrivals.ts`. */
export const LEAD_SECONDS = 0.5;

type Variables = Readonly<Record<string, string | undefined>>;

function bad(name: string, got: string, accepted: string): RangeError {
  return new RangeError(`${name} must be ${accepted}, got "${got}". Set it with -e ${name}=<value>.`);
}

/** A variable set to nothing counts as absent, as it does in a shell script. */
function text(variables: Variables, name: string): string | undefined {
  const value = variables[name];
  return value === undefined || value === '' ? undefined : value;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  /** True when `min` itself is not accepted. */
  readonly above?: boolean;
  readonly integer?: boolean;
}

function number(variables: Variables, name: string, fallback: number, bounds: Bounds): number {
  const given = text(variables, name);
  if (given === undefined) return fallback;
  const value = /^\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
  const tooLow = bounds.above === true ? value <= bounds.min : value < bounds.min;
  const notWhole = bounds.integer === true && !Number.isInteger(value);
  if (!Number.isFinite(value) || tooLow || value > bounds.max || notWhole) {
    const kind = bounds.integer === true ? 'a whole number' : 'a number';
    const from = bounds.above === true ? `above ${bounds.min}` : `from ${bounds.min}`;
    throw bad(name, given, `${kind} ${from} to ${bounds.max}`);
  }
  return value;
}

function flag(variables: Variables, name: string): boolean {
  const given = text(variables, name) ?? '0';
  if (given !== '0' && given !== '1') throw bad(name, given, '0 or 1');
  return given === '1';
}

function baseUrlFrom(variables: Variables): string {
  const given = text(variables, 'BASE_URL') ?? 'http://127.0.0.1:8080';
  // k6 has no URL class of its own, so a pattern decides.
  if (!/^https?:\/\/[^/\s?#]+\/?$/.test(given)) {
    throw bad('BASE_URL', given, 'http:// or https://, a host and a port, with no path');
  }
  return given.replace(/\/$/, '');
}

/**
 * Virtual users when MAX_VUS is not given: one for each arrival, so that nothing is dropped, up to a limit. A virtual
 * user costs about 0.2 MB. For `keep-alive` the limit is lower: k6 hands arrivals to its virtual users in turn, each
 * with a connection of its own, so that many users would use each connection only once.
 */
function defaultMaxVus(policy: Policy, ratePerSecond: number, durationSeconds: number): number {
  const limit = policy === 'close' ? 1500 : 256;
  return Math.min(limit, Math.max(20, Math.ceil(ratePerSecond * durationSeconds)));
}

/**
 * Reads the script's options from k6's environment (`-e NAME=value`).
 * @throws RangeError in one line: the variable, what it takes, what it got, how to set it.
 */
export function parseOptions(variables: Variables): ScriptOptions {
  const ratePerSecond = number(variables, 'RATE', 300, { min: 0, max: 100_000, above: true });
  const durationSeconds = number(variables, 'DURATION_SECONDS', 5, { min: 0.5, max: 86_400 });
  const policy = text(variables, 'POLICY') ?? 'close';
  if (policy !== 'close' && policy !== 'keep-alive') throw bad('POLICY', policy, '"close" or "keep-alive"');
  const route = text(variables, 'ROUTE') ?? '/data';
  if (!/^\/\S*$/.test(route)) throw bad('ROUTE', route, 'a path that starts with a slash');
  if (Math.round(ratePerSecond * durationSeconds) < 1) {
    throw new RangeError(
      `RATE × DURATION_SECONDS must give at least one arrival, got ${ratePerSecond} × ${durationSeconds}. Raise one of them.`,
    );
  }
  const warmupRatePerSecond = number(variables, 'WARMUP_RATE', ratePerSecond / 2, { min: 0, max: 100_000 });
  const warmupSeconds = number(variables, 'WARMUP_SECONDS', 1, { min: 0, max: 86_400 });
  if (warmupSeconds > 0 && warmupSeconds < 1) {
    // k6's own limit for a scenario.
    throw bad('WARMUP_SECONDS', String(warmupSeconds), '0, or a number from 1 to 86400');
  }
  const expectedBody = text(variables, 'EXPECTED_BODY');
  return {
    baseUrl: baseUrlFrom(variables),
    route,
    ratePerSecond,
    durationSeconds,
    warmupRatePerSecond,
    warmupSeconds: warmupRatePerSecond === 0 ? 0 : warmupSeconds,
    gapSeconds: number(variables, 'GAP_SECONDS', 1, { min: LEAD_SECONDS, max: 3_600 }),
    policy,
    maxVus: number(variables, 'MAX_VUS', defaultMaxVus(policy, ratePerSecond, durationSeconds), {
      min: 1,
      max: 100_000,
      integer: true,
    }),
    runners: number(variables, 'RUNNERS', 1, { min: 1, max: 1000, integer: true }),
    timeoutSeconds: number(variables, 'TIMEOUT_SECONDS', 60, { min: 0, max: 3_600, above: true }),
    sheds: flag(variables, 'SHEDS'),
    countsSteadily: flag(variables, 'COUNT_STEADILY'),
    ...(expectedBody === undefined ? {} : { expectedBody }),
  };
}
