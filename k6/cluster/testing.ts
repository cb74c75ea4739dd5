/** What tests of manifests share: kustomize and kubeconform, as the person who applies them has them. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { missingTools, type Tool, toolPath, tools } from './tools.ts';

const schemas = fileURLToPath(new URL('schemas/{{.ResourceKind}}{{.KindSuffix}}.json', import.meta.url));

/** Skips the test where they are not installed, and fails it in CI. */
export async function hasTools(context: TestContext): Promise<boolean> {
  const missing = await missingTools();
  if (missing.length === 0) return true;
  const names = missing.map(({ name, version }) => `${name} ${version}`).join(' and ');
  const reason = `${names} are not installed; with Go on PATH: npm run setup:tests -w @acceptbench/k6`;
  if (process.env.CI === 'true') throw new Error(reason);
  context.skip(reason);
  return false;
}

function pathOf(name: Tool['name']): string {
  const tool = tools.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`there is no ${name}`);
  return toolPath(tool);
}

/** What would be applied: `kubectl apply -k` of the folder. */
export async function kustomize(folder: string): Promise<string> {
  const { stdout } = await promisify(execFile)(pathOf('kustomize'), ['build', folder], {
    maxBuffer: 2 ** 26,
  });
  return stdout;
}

export interface Conformance {
  readonly code: number;
  /** A line for each resource that is not right, and how many there were. */
  readonly output: string;
}

/** Checks documents with kubeconform, strictly, by the schemas of this repository alone. */
export async function kubeconform(yaml: string): Promise<Conformance> {
  const child = spawn(pathOf('kubeconform'), ['-strict', '-summary', '-schema-location', schemas, '-'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(yaml);
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { code, output };
}
