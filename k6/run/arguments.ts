import { fileURLToPath } from 'node:url';
import type { ArrivalLoad, Policy } from '@acceptbench/results/cell';

/** What the load script is to offer. */
export interface LoadOptions {
  /** Scheme, host and port: `http://127.0.0.1:8080`. */
  readonly baseUrl: string;
  /** Path of the request; `/data` when absent. */
  readonly route?: string;
  readonly load: ArrivalLoad;
  readonly policy: Policy;
  /** The exact body of a right response; absent: JSON with `street`, `city` and `count`. */
  readonly expectedBody?: string;
  /** Seconds between warm-up and window, at least 0.5; 1 when absent. */
  readonly gapSeconds?: number;
  /** True where the server may shed with 503, which is then counted apart; false when absent. */
  readonly sheds?: boolean;
  /** Requests in flight at once, at most; when absent, as many as arrive, up to 1,500 (`close`) or 256 (`keep-alive`). */
  readonly maxVus?: number;
  /** How many runners share the load by execution segments, which `extraArguments` give; 1 when absent. */
  readonly runners?: number;
  /** A response later than this is an error; 60 when absent. */
  readonly timeoutSeconds?: number;
  /** True when counters are to be heard of all the time, not only when they grow; false when absent. */
  readonly countsSteadily?: boolean;
}

/** One run of k6, from outside. */
export interface K6RunOptions extends LoadOptions {
  /** Where k6 writes its summary, for `toLoadResult`. Its folder must exist. */
  readonly summaryPath: string;
  /** Values of k6's own `--out`, such as those of `remoteWrite`. */
  readonly outputs?: readonly string[];
  /** Arguments of k6 put before the script as they are, such as those of `remoteWrite`. */
  readonly extraArguments?: readonly string[];
  /** Variables that k6 itself is to see beside `environment`, such as those of `remoteWrite`. */
  readonly k6Environment?: Readonly<Record<string, string>>;
  /** The environment k6 inherits: the caller's `process.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface K6Command {
  /** The arguments after the program's name. */
  readonly args: string[];
  /** k6's whole environment. */
  readonly env: Record<string, string>;
}

const fileBeside = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** A configuration that says nothing. */
export const emptyConfigPath = fileBeside('empty-config.json');

/** The load script's path. */
export const scriptPath = fileBeside('constant-arrival-rate.ts');

const flags: readonly string[] = [
  '--no-usage-report',
  '--quiet',
  '--no-color',
  // A configuration in the user's home would otherwise count.
  '--config',
  emptyConfigPath,
  // The script sees what is passed with -e, and nothing of the caller's shell.
  '--include-system-env-vars=false',
  // The new summary has neither p(99) nor the number of values; the script's options name the statistics.
  '--new-machine-readable-summary=false',
  '--summary-mode=compact',
];

/** What the load script is told, by the names of its variables. */
export function scriptVariables(options: LoadOptions): Record<string, string> {
  const { load } = options;
  const optional = {
    ROUTE: options.route,
    EXPECTED_BODY: options.expectedBody,
    GAP_SECONDS: options.gapSeconds,
    MAX_VUS: options.maxVus,
    RUNNERS: options.runners,
    TIMEOUT_SECONDS: options.timeoutSeconds,
    SHEDS: options.sheds === true ? '1' : undefined,
    COUNT_STEADILY: options.countsSteadily === true ? '1' : undefined,
  };
  const given = Object.entries(optional).filter(([, value]) => value !== undefined);
  return {
    BASE_URL: options.baseUrl,
    RATE: String(load.ratePerSecond),
    DURATION_SECONDS: String(load.durationSeconds),
    WARMUP_RATE: String(load.warmupRatePerSecond),
    WARMUP_SECONDS: String(load.warmupSeconds),
    POLICY: options.policy,
    ...Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
  };
}

/** k6 reads K6_* as options, and a proxy would stand between it and the server. */
function inherited(name: string): boolean {
  return !/^K6_/i.test(name) && !/^(https?|all|no)_proxy$/i.test(name);
}

/**
 * The command line and the environment of one run of the load script, which depend on nothing but `options`.
 * Its summary for people goes to stdout, warnings (one a failed request) to stderr, and `summaryPath` is for `toLoadResult`.
 */
export function k6Arguments(options: K6RunOptions): K6Command {
  const variables = Object.entries(scriptVariables(options)).flatMap(([name, value]) => [
    '-e',
    `${name}=${value}`,
  ]);
  const outputs = (options.outputs ?? []).flatMap((output) => ['--out', output]);
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.environment)) {
    if (value !== undefined && inherited(name)) env[name] = value;
  }
  return {
    args: [
      'run',
      ...flags,
      '--summary-export',
      options.summaryPath,
      ...outputs,
      ...(options.extraArguments ?? []),
      ...variables,
      scriptPath,
    ],
    // k6 would ask a service on the network for the extensions a script imports; ours imports none.
    env: { ...env, K6_AUTO_EXTENSION_RESOLUTION: 'false', ...options.k6Environment },
  };
}
