import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCli } from './cli.ts';

for (const args of [['list'], ['run', '--help'], ['run', '--dry-run']]) {
  test(`acceptbench ${args.join(' ')} | head: a reader that has enough is no error`, async (context) => {
    const started = startCli(context, args);
    started.child.stdout?.destroy();
    const { code, stderr } = await started.finished;
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  });
}
