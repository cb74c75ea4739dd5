import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isExecutable } from '../install/find.ts';

/** A Go program that the manifests are checked with; `go install` verifies it by the checksum database. */
export interface Tool {
  readonly name: 'kustomize' | 'kubeconform';
  readonly module: string;
  readonly version: string;
}

export const tools: readonly Tool[] = [
  { name: 'kustomize', module: 'sigs.k8s.io/kustomize/kustomize/v5', version: 'v5.8.1' },
  { name: 'kubeconform', module: 'github.com/yannh/kubeconform/cmd/kubeconform', version: 'v0.7.0' },
];

/** Where a tool is once it is installed. Only there it is looked for: kubeconform does not say which version it is. */
export function toolPath({ name, version }: Tool): string {
  return join(toolFolder({ name, version }), name);
}

/** What `go install` is given as GOBIN. */
export function toolFolder({ name, version }: Pick<Tool, 'name' | 'version'>): string {
  return fileURLToPath(new URL(`../../.cache/cluster/${name}-${version}`, import.meta.url));
}

/** The tools that are not installed. */
export async function missingTools(): Promise<Tool[]> {
  const there = await Promise.all(tools.map((tool) => isExecutable(toolPath(tool))));
  return tools.filter((_, index) => there[index] !== true);
}
