/**
 * The images, as far as they can be tried without a container engine: the Containerfiles are read, what their first stage does is
 * done in an empty folder, and the command of their last stage runs there as nobody, with a file system that can't be written. What
 * that leaves out, docs/cluster.md says: the base images themselves, and apt-get in them.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  complaints,
  copyOf,
  environmentOf,
  execForm,
  healthCommand,
  lastOf,
  parseContainerfile,
  type Stage,
} from '@acceptbench/k6/containerfile';
import { checkIsolation } from '@acceptbench/probe/isolation';
import { parseManifest, startCommand } from '@acceptbench/server/manifest';
import { pathWithRuntimes } from '../src/paths.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const guest = fileURLToPath(new URL('./fixtures/imageGuest.ts', import.meta.url));
const json = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const runtimes = ['node', 'bun', 'deno'] as const;
const files = [
  ...runtimes.map((runtime) => `servers/${runtime}/Containerfile`),
  'packages/probe/Containerfile',
];
const stagesOf = (file: string) => parseContainerfile(readFileSync(join(root, file), 'utf8'));

test('each image is pinned, copies what is there, and is nobody’s but a number’s', () => {
  for (const file of files) {
    assert.deepEqual(
      complaints(stagesOf(file), (path) => existsSync(join(root, path))),
      [],
      file,
    );
  }
});

test('an image that is not so is found', () => {
  const right = readFileSync(join(root, 'servers/node/Containerfile'), 'utf8');
  for (const [from, to, says] of [
    [':26.10.0-trixie-slim AS', ':slim AS', 'docker.io/library/node:slim is not pinned to an exact version'],
    [
      ':26.10.0-trixie-slim AS',
      ':26-slim AS',
      'docker.io/library/node:26-slim is not pinned to an exact version',
    ],
    ['USER 10001:10001', 'USER node', 'its USER is no number above 0'],
    ['USER 10001:10001\n', '', 'its USER is no number above 0'],
    ['COPY servers/node/src ', 'COPY servers/nod/src ', 'there is no servers/nod/src'],
    ['--from=packages', '--from=package', 'it copies from package, which is no stage'],
    [
      'COPY package.json',
      'ADD https://example.org/x package.json',
      'ADD may fetch and unpack; COPY says what it copies',
    ],
    ['npm ci', 'npm install', 'npm installs something else than the lockfile says'],
    ['HEALTHCHECK', 'LABEL', 'it has no HEALTHCHECK'],
  ] as const) {
    assert.ok(right.includes(from), from);
    const found = complaints(parseContainerfile(right.replace(from, to)), (path) =>
      existsSync(join(root, path)),
    );
    assert.ok(found.includes(says), `${to}: ${found.join('; ')}`);
  }
});

test('images have the runtimes that package.json pins, and start them as server.json says', () => {
  const { devDependencies: pinned } = json('package.json');
  for (const runtime of runtimes) {
    const last = stagesOf(`servers/${runtime}/Containerfile`).at(-1);
    assert.ok(last !== undefined);
    assert.match(last.image, new RegExp(`:(debian-)?${pinned[runtime].replaceAll('.', '\\.')}(-[a-z-]+)?$`));
    const manifest = parseManifest(json(`servers/${runtime}/server.json`));
    assert.deepEqual(execForm(lastOf(last, 'ENTRYPOINT') ?? ''), startCommand(manifest, '0.0.0.0', 'inline'));
  }
  for (const file of files) assert.ok(stagesOf(file)[0]?.image.includes(`:${pinned.node}-`), file);
});

/** Does what the stage does, in a folder of its own, which is the image's root. */
async function build(context: TestContext, stage: Stage): Promise<string> {
  // Not below /tmp: a pod has an empty one of its own.
  const image = mkdtempSync('/var/tmp/acceptbench-image-');
  context.after(() => rmSync(image, { recursive: true }));
  let folder = image;
  for (const { name, text } of stage.instructions) {
    if (name === 'WORKDIR') {
      folder = join(image, text);
      mkdirSync(folder, { recursive: true });
    } else if (name === 'COPY') {
      const { sources, target } = copyOf(text);
      for (const source of sources) {
        const from = join(root, source);
        const to = join(folder, target, target.endsWith('/') ? (source.split('/').at(-1) ?? '') : '');
        mkdirSync(dirname(to), { recursive: true });
        // As .dockerignore has it.
        cpSync(from, to, { recursive: true, filter: (path) => !/node_modules|\.test\.ts$/.test(path) });
      }
    } else if (name === 'RUN') {
      const command = text.replace(/^npm ci /, 'npm ci --prefer-offline ');
      assert.notEqual(command, text, 'only what npm installs can be done here');
      await promisify(execFile)('sh', ['-c', command], {
        cwd: folder,
        env: { ...process.env, PATH: pathWithRuntimes(process.env.PATH) },
      });
    }
  }
  return image;
}

interface Found {
  readonly uid: number;
  readonly canWrite: readonly string[];
  readonly answers: Readonly<Record<string, { status: number; body: string }>>;
  readonly health: number | null;
  readonly healthSaid: string;
  readonly code: number | null;
  readonly output: string;
}

/** A root that is read-only, what holds the image too, loopback alone, and inside that a user with no rights: uid 10001. */
const asNobody = `set -e
ip link set lo up
for mounted in / "$(findmnt --noheadings --output TARGET --target "$1")"; do mount -o remount,bind,ro "$mounted"; done
cd "$1"
shift
exec unshare --user --map-user=10001 --map-group=10001 -- setpriv --no-new-privs -- "$@"`;

async function run(
  folder: string,
  asked: { command: string[]; health: string[]; urls: string[] },
  variables: Record<string, string>,
): Promise<Found> {
  const { stdout } = await promisify(execFile)(
    'unshare',
    [
      ...['--user', '--map-root-user', '--mount', '--net', '--pid', '--fork', '--kill-child=SIGKILL', '--'],
      ...['sh', '-c', asNobody, 'sh', folder, process.execPath, guest, JSON.stringify(asked)],
    ],
    { env: { PATH: pathWithRuntimes(process.env.PATH), ...variables }, timeout: 240_000 },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

async function canIsolate(context: TestContext): Promise<boolean> {
  const isolation = await checkIsolation();
  if (isolation.mode === 'namespace') return true;
  context.skip(isolation.reason);
  return false;
}

for (const runtime of runtimes) {
  test(`${runtime}: what the image holds serves /data as nobody, from a file system that can’t be written`, async (context) => {
    if (!(await canIsolate(context))) return;
    const [packages, last] = stagesOf(`servers/${runtime}/Containerfile`);
    assert.ok(packages !== undefined && last !== undefined);
    const image = await build(context, packages);
    const folder = join(image, lastOf(last, 'WORKDIR') ?? '');
    const health = healthCommand(lastOf(last, 'HEALTHCHECK') ?? '');
    const manifest = parseManifest(json(`servers/${runtime}/server.json`));
    const urls = ['8080/healthz', '8080/data', '9464/metrics'].map((where) => `http://127.0.0.1:${where}`);
    for (const [topology, workers] of [
      ['inline', '1'],
      ['reuseport-offload', '2'],
      ['prefork', '2'],
    ] as const) {
      const command =
        topology === 'prefork'
          ? startCommand(manifest, '0.0.0.0', topology)
          : execForm(lastOf(last, 'ENTRYPOINT') ?? '');
      const variables = { ...environmentOf(last), WORK: 'wasm:1000', TOPOLOGY: topology, WORKERS: workers };
      const found = await run(folder, { command, health, urls }, variables);
      const what = `${topology}: ${JSON.stringify(found)}`;
      assert.deepEqual([found.uid, found.canWrite], [10_001, []], what);
      assert.deepEqual(
        Object.values(found.answers).map(({ status }) => status),
        [200, 200, 200],
        what,
      );
      assert.match(found.answers[urls[1] ?? '']?.body ?? '', /^\{"street":"10 Downing Street"/, what);
      assert.deepEqual([found.health, found.code], [0, 0], what);
      const listening = JSON.parse(
        found.output.split('\n').find((line) => line.includes('"listening"')) ?? '',
      );
      assert.equal(listening.backlogSource, 'kernel', what);
      assert.match(found.output, /"event":"drained","complete":true|"complete":true/, what);
    }
  });
}

test('probe: what the image holds serves what the kernel shows, the same way', async (context) => {
  if (!(await canIsolate(context))) return;
  const [packages, last] = stagesOf('packages/probe/Containerfile');
  assert.ok(packages !== undefined && last !== undefined);
  const image = await build(context, packages);
  const folder = join(image, lastOf(last, 'WORKDIR') ?? '');
  const command = [...execForm(lastOf(last, 'ENTRYPOINT') ?? ''), ...execForm(lastOf(last, 'CMD') ?? '')];
  const found = await run(
    folder,
    {
      command,
      health: healthCommand(lastOf(last, 'HEALTHCHECK') ?? ''),
      urls: ['http://127.0.0.1:9465/metrics'],
    },
    environmentOf(last),
  );
  const what = JSON.stringify(found);
  assert.deepEqual([found.uid, found.canWrite, found.health, found.code], [10_001, [], 0, 0], what);
  assert.match(
    found.output,
    /probing port 8080 \(nothing listens there yet\); metrics at http:\/\/0\.0\.0\.0:9465/,
  );
});
