/** Starts the server whose server.json is in the current folder, by hand: `npm run start -w servers/bun -- --port 8081`. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseManifest, startCommand } from '@acceptbench/server/manifest';

const args = process.argv.slice(2);
const manifest = parseManifest(JSON.parse(readFileSync('server.json', 'utf8')));
const [program = '', ...rest] = startCommand(
  manifest,
  optionOf('HOST') ?? '127.0.0.1',
  optionOf('TOPOLOGY') ?? 'inline',
);
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

/** An option as the server will read it: its flag, or its environment variable. Permissions depend on some. */
function optionOf(variable: string): string | undefined {
  const flag = `--${variable.toLowerCase()}`;
  const index = args.findIndex((arg) => arg === flag || arg.startsWith(`${flag}=`));
  const inline = args[index]?.split('=')[1];
  return inline ?? (index === -1 ? process.env[variable] : args[index + 1]);
}
