/** Starts the server whose server.json is in the current folder, by hand: `npm run start -w servers/bun -- --port 8081`. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseManifest, startCommand } from '@acceptbench/server/manifest';

const args = process.argv.slice(2);
const manifest = parseManifest(JSON.parse(readFileSync('server.json', 'utf8')));
const [program = '', ...rest] = startCommand(manifest, hostOf(args));
const child = spawn(program, [...rest, ...args], { stdio: 'inherit' });
// A terminal's Ctrl-C reaches the server by itself; a signal sent to this process alone is passed on.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('error', (error) => {
  console.error(`can't start ${program}: ${error.message}; run npm ci first`);
  process.exitCode = 1;
});
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});

/** The address that permissions are given for: the flag's, the environment's, or loopback. */
function hostOf(flags: readonly string[]): string {
  const index = flags.findIndex((flag) => flag === '--host' || flag.startsWith('--host='));
  const flag = flags[index]?.split('=')[1] ?? (index === -1 ? undefined : flags[index + 1]);
  return flag ?? process.env.HOST ?? '127.0.0.1';
}
