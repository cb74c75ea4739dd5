import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Header, Parser } from 'tar';
import { emptyConfigPath, type LoadOptions, scriptPath, scriptVariables } from '../run/arguments.ts';

/** What a ConfigMap may hold at most, in bytes, all its keys together. */
const configMapBytes = 1_048_576;
/** Where the scripts are in the archive, whatever folder they come from. */
const root = 'acceptbench/k6';
const blockBytes = 512;

/**
 * The load script and all it imports, with the variables of one load, as k6's own archive: `k6 run` of it takes the options as they
 * were worked out here, and no variable changes them there. The same bytes wherever and whenever it is made: without this
 * machine's paths, and without times.
 *
 * @throws Error with k6's last line when it refuses, or when the archive is too large for a ConfigMap
 */
export async function archiveLoad(k6Path: string, options: LoadOptions): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'acceptbench-archive-'));
  try {
    const file = join(folder, 'load.tar');
    const variables = Object.entries(scriptVariables(options)).flatMap(([name, value]) => [
      '-e',
      `${name}=${value}`,
    ]);
    const args = ['archive', '--no-color', '--config', emptyConfigPath, ...variables, '-O', file, scriptPath];
    await promisify(execFile)(k6Path, args, {
      env: { PATH: process.env.PATH, K6_AUTO_EXTENSION_RESOLUTION: 'false' },
    });
    const archive = await canonical(await readFile(file));
    // Base64 adds a third.
    if (archive.length * (4 / 3) < configMapBytes) return archive;
    throw new Error(`the archive has ${archive.length} bytes, and a ConfigMap holds ${configMapBytes}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Entry {
  readonly path: string;
  readonly type: 'File' | 'Directory' | 'Link';
  readonly linkpath: string | undefined;
  readonly body: Buffer;
}

async function canonical(archive: Buffer): Promise<Buffer> {
  const entries = await readEntries(archive);
  const metadata: Metadata = JSON.parse(bodyOf(entries, 'metadata.json').toString());
  const { pathname } = new URL(metadata.pwd);
  const place = (path: string) => {
    const below = path.startsWith(`file${pathname}`) ? path.slice(`file${pathname}`.length) : null;
    return below === null ? path : `file/${root}${below}`;
  };
  const written = entries
    // The folders above the scripts: k6 makes them by itself.
    .filter(({ path, type }) => type !== 'Directory' || place(path) !== path)
    .map((entry) => ({ ...entry, path: place(entry.path) }))
    .map((entry) => (entry.path === 'metadata.json' ? { ...entry, body: withoutPlace(metadata) } : entry));
  const blocks = written.flatMap((entry) => [headerOf(entry), padded(entry.body)]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]);
}

interface Metadata {
  readonly filename: string;
  readonly pwd: string;
}

function withoutPlace(metadata: Metadata): Buffer {
  const script = metadata.filename.slice(metadata.pwd.length);
  const placed = {
    ...metadata,
    filename: `file:///${root}${script}`,
    pwd: `file:///${root}`,
    // Where it will run.
    goos: 'linux',
  };
  return Buffer.from(`${JSON.stringify(placed, null, 2)}\n`);
}

async function readEntries(archive: Buffer): Promise<Entry[]> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const entries: Promise<Entry>[] = [];
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      const { path, type, linkpath } = entry;
      if (type !== 'File' && type !== 'Directory' && type !== 'Link') {
        throw new Error(`k6's archive has ${path} of the type ${type}, which this does not know`);
      }
      entries.push(entry.concat().then((body) => ({ path, type, linkpath, body: Buffer.from(body) })));
    },
  });
  parser.on('error', reject);
  parser.on('end', resolve);
  parser.end(archive);
  await promise;
  return Promise.all(entries);
}

function bodyOf(entries: readonly Entry[], path: string): Buffer {
  const found = entries.find((entry) => entry.path === path);
  if (found === undefined) throw new Error(`k6's archive has no ${path}`);
  return found.body;
}

function headerOf({ path, type, linkpath, body }: Entry): Buffer {
  const header = new Header({
    path,
    type,
    ...(linkpath === undefined ? {} : { linkpath }),
    mode: type === 'Directory' ? 0o755 : 0o644,
    uid: 0,
    gid: 0,
    size: body.length,
    mtime: new Date(0),
  });
  header.encode();
  if (header.block === undefined || header.needPax) throw new Error(`${path} does not fit into a tar header`);
  return header.block;
}

/** In whole blocks. */
function padded(body: Buffer): Buffer {
  const missing = (blockBytes - (body.length % blockBytes)) % blockBytes;
  return Buffer.concat([body, Buffer.alloc(missing)]);
}
