import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dataReply } from '@acceptbench/handler/routes';
import { createWork } from '@acceptbench/handler/work';
import { archiveLoad } from '@acceptbench/k6/archive';
import { K6_VERSION } from '@acceptbench/k6/version';
import type { Cell } from '@acceptbench/results/cell';
import type { Command } from 'commander';
import { readCommit } from '../environment.ts';
import { CannotRunError, exitCodes, FileError, UsageError } from '../exitCodes.ts';
import { requireK6 } from '../k6.ts';
import { clusterFolder, rootFolder } from '../paths.ts';
import { counted } from '../progress.ts';
import { timeoutSeconds } from '../replicate/loadProcess.ts';
import { virtualUsers } from '../replicate/virtualUsers.ts';
import { acceptbenchVersion } from '../version.ts';
import { type Files, manifestsFolder, toManifests } from './manifests.ts';
import { type ClusterPlan, planFile } from './plan.ts';
import { readmeOf } from './readme.ts';
import { addRenderFlags, type RenderFlags, type RenderOptions, resolveRenderFlags } from './renderFlags.ts';
import { toClusterPlan } from './toPlan.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** The Service's name, for whoever is in its namespace. */
const baseUrl = 'http://acceptbench-server:8080';

/** `acceptbench cluster render`: an experiment as manifests, which somebody else applies. */
export function addRenderCommand(cluster: Command): void {
  const command = cluster
    .command('render')
    .description('write an experiment as Kubernetes manifests: one TestRun for each replicate');
  addRenderFlags(command).action(async (experiment: string, flags: RenderFlags) => {
    await render(await resolveRenderFlags(experiment, flags));
    process.exitCode = exitCodes.ok;
  });
}

async function render(options: RenderOptions): Promise<void> {
  await requireEmpty(options.out);
  const plan = toClusterPlan(options, await madeOf(options));
  const k6 = await requireK6();
  if (k6.version !== K6_VERSION) {
    throw new CannotRunError(
      `can't make archives with k6 ${k6.version}: the runners have ${K6_VERSION}; unset K6_BIN`,
    );
  }
  const archives = await archivesOf(plan, k6.path);
  const files: Files = toManifests(plan, archives);
  files.set(planFile, `${JSON.stringify(plan, null, 2)}\n`);
  files.set('README.md', readmeOf(plan));
  await write(options.out, files);
  for (const { cell, reason } of plan.notOffered) say(`not offered: ${cell.id}: ${reason}`);
  if (options.knownWorks.length === 0 && plan.cells.some(({ work }) => work.kind !== 'none')) {
    say(
      'the iterations of the work are nominal, as nobody has timed them on your nodes; --work-of takes those of a run there',
    );
  }
  say(
    `${plan.id}: ${counted(plan.replicates.length, 'replicate')} of ${counted(plan.cells.length, 'cell')}, seed ${plan.seed}, in ${options.out}; its README.md says what to apply`,
  );
}

async function madeOf({ servers, imagePrefix, out }: RenderOptions) {
  const { devDependencies: pinned }: { devDependencies: Record<string, string> } = JSON.parse(
    await readFile(join(rootFolder, 'package.json'), 'utf8'),
  );
  const versions = Object.fromEntries(
    [...servers].map(([name, { manifest }]) => [name, pinned[manifest.runtime] ?? 'unknown']),
  );
  const image = (part: string, version: string) => `${imagePrefix}${part}:${acceptbenchVersion}-${version}`;
  const images = {
    ...Object.fromEntries(
      Object.entries(versions).map(([name, version]) => [name, image(`server-${name}`, version)]),
    ),
    probe: image('probe', pinned.node ?? 'unknown'),
  };
  // Where it is written to is no part of what is written.
  const command = ['acceptbench', ...process.argv.slice(2)].filter(
    (argument, index, all) =>
      !/^(-o|--out)(=|$)/.test(argument) && !/^(-o|--out)$/.test(all[index - 1] ?? '') && argument !== out,
  );
  return { command, commit: await readCommit(), images, versions: { ...versions, k6: K6_VERSION } };
}

async function archivesOf(plan: ClusterPlan, k6Path: string): Promise<Map<string, Buffer>> {
  const archives = new Map<string, Buffer>();
  for (const cell of plan.cells) archives.set(cell.id, await archiveOf(cell, plan.cluster, k6Path));
  return archives;
}

async function archiveOf(
  cell: Cell,
  { parallelism: runners, scrapeSeconds }: ClusterPlan['cluster'],
  k6Path: string,
): Promise<Buffer> {
  const { load, policy, queueLimit, work } = cell;
  if (load.kind !== 'constant-arrival-rate') throw new RangeError(`${cell.id} is no load of k6's`);
  return archiveLoad(k6Path, {
    baseUrl,
    load,
    policy,
    expectedBody: dataReply(createWork(work)()).body,
    sheds: queueLimit !== undefined,
    // Between warm-up and window the server is read at least once: what collect takes is counted from there.
    gapSeconds: 2 * scrapeSeconds + 1,
    maxVus: virtualUsers(load, cell, runners),
    runners,
    timeoutSeconds,
    countsSteadily: true,
  });
}

async function requireEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw new UsageError(`--out ${folder}: can't be read: ${cause.message}`, { cause });
  });
  if (entries.length > 0)
    throw new UsageError(`--out ${folder}: it is not empty; give a folder that is new or empty`);
}

/** What kustomize needs of `k6/cluster`. */
const trees = ['base', 'components', 'overlays', 'setup'];

async function write(folder: string, files: Files): Promise<void> {
  try {
    for (const tree of trees)
      await cp(join(clusterFolder, tree), join(folder, manifestsFolder, tree), { recursive: true });
    for (const [path, text] of files) {
      const file = join(folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FileError(`can't write ${folder}: ${why}`, { cause });
  }
}
