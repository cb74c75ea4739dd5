/**
 * Writes the schemas again, from the published definitions: `npm run cluster:schemas -w @acceptbench/k6 [-- <folder>]`. A file that
 * lies in the folder is taken from there (a Go proxy may lack a module), the others by Go; either way its checksum decides.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { customKinds, kinds, kubernetes, type Source } from './sources.ts';
import { fromCustomResource, fromOpenApi, type Schema, schemaFile } from './strict.ts';

const [given] = process.argv.slice(2);

async function read(source: Source): Promise<string> {
  const here = given === undefined ? null : join(given, basename(source.file));
  const path = here !== null && existsSync(here) ? here : join(await moduleFolder(source), source.file);
  const text = await readFile(path, 'utf8');
  const sha256 = createHash('sha256').update(text).digest('hex');
  if (sha256 === source.sha256) return text;
  throw new Error(`${path} has the SHA-256 ${sha256}, expected is ${source.sha256}`);
}

async function moduleFolder({ module, version }: Source): Promise<string> {
  const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', `${module}@${version}`], {
    cwd: tmpdir(),
  });
  const { Dir: folder }: { Dir: string } = JSON.parse(stdout);
  return folder;
}

async function write(name: string, schema: Schema, { module, version, file }: Source): Promise<void> {
  const path = fileURLToPath(new URL(name, import.meta.url));
  const whence = `From ${file} of ${module} ${version} (Apache-2.0), made strict by make.ts.`;
  await writeFile(path, `${JSON.stringify({ $comment: whence, ...schema }, null, 1)}\n`);
  console.log(name);
}

const { definitions } = JSON.parse(await read(kubernetes));
for (const kind of kinds) await write(schemaFile(kind), fromOpenApi(definitions, kind), kubernetes);
for (const source of customKinds) {
  const [kind, schema] = fromCustomResource(parse(await read(source)), definitions);
  await write(schemaFile(kind), schema, source);
}
