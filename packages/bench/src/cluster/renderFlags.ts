import type { Calibration } from '@acceptbench/results/run';
import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../exitCodes.ts';
import { experiments } from '../experiments/catalogue.ts';
import type { Experiment, Shape } from '../experiments/experiment.ts';
import { loadExperiment } from '../experiments/load.ts';
import { fromWhereItWasTyped, isOneLine, names, wholeNumber } from '../flags.ts';
import { worksOf } from '../run/flags.ts';
import { takingPart } from '../run/takingPart.ts';
import type { Server } from '../servers.ts';
import { parseVersionRequest } from '../versions/request.ts';

/** The flags of `acceptbench cluster render`, as they were given. */
export interface RenderFlags {
  readonly full: boolean;
  readonly runtime?: readonly string[];
  readonly blocks?: number;
  readonly seed: number;
  readonly name?: string;
  readonly parallelism: number;
  readonly cpus: number;
  readonly namespace: string;
  readonly imagePrefix: string;
  readonly prometheus: string;
  readonly workOf?: string;
  readonly somaxconn: boolean;
  readonly out: string;
}

/** What `cluster render` was asked for, checked. */
export interface RenderOptions {
  readonly experiment: Experiment;
  readonly form: 'short' | 'full';
  readonly shape: Shape;
  readonly blocks: number;
  readonly servers: ReadonlyMap<string, Server>;
  readonly seed: number;
  readonly name: string | null;
  readonly parallelism: number;
  readonly serverCpus: number;
  readonly namespace: string;
  /** With a slash at its end. */
  readonly imagePrefix: string;
  /** Without a slash at its end, and without credentials. */
  readonly prometheus: string;
  /** Works as an earlier run calibrated them; empty for nominal ones. */
  readonly knownWorks: readonly Calibration[];
  readonly somaxconn: boolean;
  /** The folder to write, as an absolute path. */
  readonly out: string;
}

function aNamespace(text: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError(
    'Accepted is a name of 1 to 63 lower-case letters, digits and dashes, such as acceptbench.',
  );
}

function anImagePrefix(text: string): string {
  const part = '[a-z0-9]+(?:[._-]+[a-z0-9]+)*';
  const [host, ...path] = text.replace(/\/$/, '').split('/');
  const isPath = path.every((each) => new RegExp(`^${part}$`).test(each));
  if (isPath && new RegExp(`^${part}(?::[0-9]{1,5})?$`).test(host ?? ''))
    return `${[host, ...path].join('/')}/`;
  throw new InvalidArgumentError(
    'Accepted is a registry and a folder in it, without a tag, such as registry.example/team/.',
  );
}

function aPrometheus(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new InvalidArgumentError(
      'Accepted is where it is as seen in the cluster, such as http://prometheus.monitoring.svc:9090.',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidArgumentError(
      'Credentials do not belong into files: they go into the Secret that README.md names.',
    );
  }
  return url.href.replace(/\/$/, '');
}

const oneLine = (text: string) => {
  if (isOneLine(text)) return text;
  throw new InvalidArgumentError('Accepted is one line of 1 to 100 characters.');
};

/** Gives a command the argument and the flags of `acceptbench cluster render`. */
export function addRenderFlags(command: Command): Command {
  return command
    .argument(
      '<experiment>',
      `what to run: ${experiments.map(({ name }) => name).join(', ')}; or the path of one of your own`,
    )
    .requiredOption('-o, --out <folder>', 'where the manifests are written: a folder that is new or empty')
    .option('--full', 'the full form (default: the short one)', false)
    .option('-r, --runtime <names>', 'only these servers, comma-separated (default: the experiment’s)', names)
    .option(
      '-b, --blocks <n>',
      'how often each cell is run (default: the experiment’s)',
      wholeNumber(1, 1000),
    )
    .option(
      '-s, --seed <n>',
      'seed of the random order; the same options and seed give the same files (default: from the clock)',
      wholeNumber(0, 2 ** 31 - 1),
      Date.now() % 2 ** 31,
    )
    .option('--name <text>', 'what to call this run in reports', oneLine)
    .option('--parallelism <n>', 'runners of k6 that share each load', wholeNumber(1, 1000), 2)
    .option(
      '--cpus <n>',
      'CPUs of each server: more than its workers need, so that accepting has one',
      wholeNumber(1, 256),
      2,
    )
    .option('--namespace <name>', 'the namespace that holds it all', aNamespace, 'acceptbench')
    .option(
      '--image-prefix <prefix>',
      'where your images are',
      anImagePrefix,
      'registry.example/acceptbench/',
    )
    .option(
      '--prometheus <url>',
      'the team’s Prometheus, as seen in the cluster',
      aPrometheus,
      'http://prometheus-operated.monitoring.svc:9090',
    )
    .option(
      '--work-of <folder>',
      'do the work of that earlier run, best one on such a node (default: nominal iterations, timed by nobody)',
    )
    .option(
      '--somaxconn',
      'cells that set net.core.somaxconn too: the nodes allow it, and the namespace is not restricted',
      false,
    )
    .addHelpText(
      'after',
      '\nNothing is run: README.md in the folder says what to apply, in which order.\nExit: 0 written · 1 no k6 here, which makes the archives · 2 wrong option, or nothing that a cluster can run',
    );
}

/** The options that the flags ask for. @throws UsageError naming what is not accepted. */
export async function resolveRenderFlags(given: string, flags: RenderFlags): Promise<RenderOptions> {
  const experiment = await loadExperiment(given, fromWhereItWasTyped);
  const shape = flags.full ? experiment.full : experiment.short;
  if (shape === undefined) throw new UsageError(`${experiment.name} has no full form; leave out --full`);
  const { design } = shape;
  if (design.kind === 'search') {
    throw new UsageError(
      `${experiment.name} chooses its rates as it goes, and what is rendered is fixed; take one whose rates are, such as accept-all-we-can`,
    );
  }
  const servers = await takingPart(unversioned(flags.runtime ?? shape.runtimes), [], null);
  return {
    experiment,
    form: flags.full ? 'full' : 'short',
    shape: { ...shape, runtimes: [...servers.keys()] },
    blocks: flags.blocks ?? design.blocks,
    servers,
    seed: flags.seed,
    name: flags.name ?? null,
    parallelism: flags.parallelism,
    serverCpus: flags.cpus,
    namespace: flags.namespace,
    imagePrefix: flags.imagePrefix,
    prometheus: flags.prometheus,
    knownWorks: flags.workOf === undefined ? [] : await worksOf(flags.workOf, shape),
    somaxconn: flags.somaxconn,
    out: fromWhereItWasTyped(flags.out),
  };
}

function unversioned(runtimes: readonly string[]): readonly string[] {
  const versioned = runtimes.find((name) => parseVersionRequest(name) !== null);
  if (versioned === undefined) return runtimes;
  throw new UsageError(`runtime "${versioned}": an image has the pinned version; leave out the version`);
}
