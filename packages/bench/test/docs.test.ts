import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { cli } from './cli.ts';

const pages = ['../README.md', 'report.md', 'compare.md', 'exports.md', 'grafana.md'];
const read = (page: string) => readFileSync(new URL(`../../../docs/${page}`, import.meta.url), 'utf8');

/** Commands in code blocks, each on one line, and in code within a text. */
function commandsOf(text: string): { command: string; flags: string[] }[] {
  const fenced = /^```\w*\n(.*?)^```/gms;
  const blocks = [...text.matchAll(fenced)].map(([, block = '']) => block.replaceAll(/\\\n\s*/g, ' '));
  blocks.push(...[...text.replaceAll(fenced, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code));
  return blocks.flatMap((block) =>
    [...block.matchAll(/npx acceptbench ((?:cluster )?[a-z]+)([^\n|#]*)/g)].map(
      ([, command = '', rest = '']) => ({
        command,
        flags: rest.match(/(?<= )--[a-z-]+/g) ?? [],
      }),
    ),
  );
}

test('every option that docs use is there', async (context) => {
  const used = Map.groupBy(
    pages.flatMap((page) => commandsOf(read(page))),
    ({ command }) => command,
  );
  assert.deepEqual([...used.keys()].sort(), [
    'backfill',
    'cluster collect',
    'cluster render',
    'compare',
    'doctor',
    'export',
    'history',
    'list',
    'probe',
    'report',
    'run',
  ]);
  for (const [command, uses] of used) {
    const { stdout } = await cli(context, [...command.split(' '), '--help']);
    assert.doesNotMatch(stdout, /default:\s+(?:[[{]|false)/, command);
    const known = new Set(stdout.match(/(?<=^ {2}(?:-\w, )?)--[a-z-]+/gm));
    for (const flag of uses.flatMap(({ flags }) => flags)) assert.ok(known.has(flag), `${command} ${flag}`);
  }
});

test('the workflow is YAML whose scripts are shell and whose actions have a version', () => {
  const [, text = ''] = /^```yaml\n(name: acceptbench\n.*?)^```/ms.exec(read('compare.md')) ?? [];
  const { jobs } = parse(text);
  const steps: { uses?: string; run?: string }[] = jobs.gate.steps;
  assert.ok(steps.length > 8);
  for (const { uses, run } of steps) {
    if (uses !== undefined) assert.match(uses, /^actions\/[a-z-]+@v\d+$/);
    else execFileSync('bash', ['-n', '-c', (run ?? '').replaceAll(/\$\{\{.*?\}\}/g, 'x')]);
  }
  // An event's text in a script would be run: only environment variables may hold it.
  for (const { run } of steps) assert.doesNotMatch(run ?? '', /\$\{\{/);
});
