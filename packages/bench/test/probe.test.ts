import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { parseFamilies } from '@acceptbench/metrics/families';
import { cli, startCli } from './cli.ts';

const linux = { skip: process.platform === 'linux' ? false : 'only Linux shows accept queues' };

test(
  'acceptbench probe: the metrics of a server that runs already, until SIGTERM',
  linux,
  async (context) => {
    const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 77 });
    await once(server, 'listening');
    context.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const args = ['probe', '--port', String(port), '--pid', String(process.pid), '--listen', '127.0.0.1:0'];
    const probe = startCli(context, args);
    await probe.saw(/metrics at http:\S+;/);
    const said = /\((.+)\); metrics at (\S+);/.exec(probe.output());
    assert.equal(said?.[1], '1 listener, limit 77');
    const { families, unread } = parseFamilies(await (await fetch(said?.[2] ?? '')).text());
    assert.equal(unread, 0);
    const names = families.map(({ name }) => name);
    for (const name of ['accept_queue_length', 'accept_queue_limit', 'process_cpu_seconds_total']) {
      assert.ok(names.includes(`acceptbench_${name}`), name);
    }
    probe.child.kill('SIGTERM');
    const { code, stderr } = await probe.finished;
    assert.deepEqual([code, stderr], [0, '']);
  },
);

test('acceptbench probe refuses in one line what it can’t do', linux, async (context) => {
  for (const [args, code, says] of [
    [[], 2, /--port <ports>' not specified/],
    [['--port', '0'], 2, /a whole number from 1 to 65535/],
    [['--port', '80', '--listen', 'localhost:1'], 2, /an address and a port/],
    [['--port', '80', '--pid', '4194304'], 1, /there is no process 4194304/],
    [['--port', '80', '--listen', '192.0.2.1:1'], 1, /can't serve metrics: .*192\.0\.2\.1.*--listen/],
  ] as const) {
    const finished = await cli(context, ['probe', ...args]);
    assert.equal(finished.code, code, finished.stderr);
    assert.match(finished.stderr, says);
  }
});
