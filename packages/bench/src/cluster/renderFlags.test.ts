import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { UnreadableResultError } from '@acceptbench/results/read';
import { Command, CommanderError } from 'commander';
import { addClusterCommand } from '../commands/cluster.ts';
import { UsageError } from '../exitCodes.ts';

/** What is said of a command line that is refused. */
async function refusal(args: readonly string[]): Promise<string> {
  let said = '';
  const cli = new Command().exitOverride().configureOutput({
    writeErr: (text) => {
      said += text;
    },
  });
  addClusterCommand(cli);
  try {
    await cli.parseAsync(['cluster', 'render', ...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return said;
    if (error instanceof UsageError || error instanceof UnreadableResultError) return error.message;
    throw error;
  }
  throw new Error(`${args.join(' ')} was accepted`);
}

test('what cluster render does not accept is told in one line, before anything is written', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'acceptbench-render-'));
  context.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'mine.txt'), 'mine');
  for (const [args, says] of [
    [['nothing-such'], /^unknown experiment "nothing-such"; there are quick/],
    [['silent', '--runtime', 'perl'], /^unknown runtime "perl"/],
    [['backlog'], /^backlog: a cluster can run none of its cells: net\.core\.somaxconn is an unsafe sysctl/],
    [['smoke', '--full'], /^smoke has no full form; leave out --full$/],
    [['smoke', '--runtime', 'node@24'], /^runtime "node@24": an image has the pinned version/],
    [['smoke', '--parallelism', '0'], /--parallelism.*Accepted is a whole number from 1 to 1000/],
    [['smoke', '--cpus', 'all'], /--cpus.*Accepted is a whole number from 1 to 256/],
    [['smoke', '--namespace', 'Team_A'], /--namespace.*Accepted is a name of 1 to 63/],
    [['smoke', '--image-prefix', 'x/y:tag'], /--image-prefix.*Accepted is a registry and a folder/],
    [['smoke', '--image-prefix', ''], /--image-prefix.*Accepted is a registry and a folder/],
    [
      ['smoke', '--prometheus', 'prometheus:9090'],
      /--prometheus.*Accepted is where it is as seen in the cluster/,
    ],
    [['smoke', '--prometheus', 'http://me:secret@p:9090'], /Credentials do not belong into files/],
    [['smoke', '--seed', '-1'], /--seed.*Accepted is a whole number/],
    [['smoke', '--blocks', '0'], /--blocks.*Accepted is a whole number from 1 to 1000/],
    [['smoke', '--work-of', join(folder, 'nowhere')], /nowhere: no such folder/],
    [['smoke', '--out', folder], /it is not empty; give a folder that is new or empty$/],
    [[], /missing required argument 'experiment'/],
  ] as const) {
    const given: readonly string[] = args;
    const where = given.includes('--out') ? [] : ['--out', join(folder, 'new')];
    const said = await refusal([...given, ...where]);
    assert.match(said, says);
    assert.equal(said.trim().split('\n').length, 1, said);
  }
});
