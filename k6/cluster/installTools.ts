/** Installs what the manifests are checked with, where Go is: `npm run setup:tests -w @acceptbench/k6`. In CI they must be there. */
import { onPath } from '../install/find.ts';
import { lastLine, runProgram } from '../install/program.ts';
import { missingTools, type Tool, toolFolder, toolPath } from './tools.ts';

async function install(go: string, tool: Tool): Promise<string | null> {
  console.log(`Installing ${tool.name} ${tool.version} with ${go}; this takes up to a minute, once.`);
  const result = await runProgram(go, ['install', `${tool.module}@${tool.version}`], {
    timeoutMs: 10 * 60_000,
    env: { ...process.env, GOBIN: toolFolder(tool), GOFLAGS: '', GOWORK: 'off', CGO_ENABLED: '0' },
  });
  if (result.state === 'failed') return `go install ${result.reason}`;
  return result.code === 0 ? null : `go install exited with ${result.code}: ${lastLine(result.stderr)}`;
}

const missing = await missingTools();
const go = missing.length === 0 ? undefined : await onPath('go', process.env.PATH);
for (const tool of missing) {
  const failure = go === undefined ? 'there is no go on PATH' : await install(go, tool);
  if (failure === null) {
    console.log(toolPath(tool));
    continue;
  }
  console.error(
    `No ${tool.name} ${tool.version}, which the cluster's manifests are checked with: ${failure}.`,
  );
  if (process.env.CI === 'true') process.exitCode = 1;
}
