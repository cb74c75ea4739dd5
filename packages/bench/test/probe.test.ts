import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
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

test('acceptbench probe with a server’s own metrics: the stages inside it too', linux, async (context) => {
  const server = createServer().listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  // What a server says that has accepted three and started one.
  const metrics = http.createServer((_request, response) => {
    response.end(
      [
        'acceptbench_connections_accepted_total 3',
        'acceptbench_requests_started_total 1',
        'http_server_active_requests 1',
        'acceptbench_offload_queue_length 0\n',
      ].join('\n'),
    );
  });
  metrics.listen(0, '127.0.0.1');
  await once(metrics, 'listening');
  context.after(() => {
    server.close();
    metrics.closeAllConnections();
    metrics.close();
  });
  const portOf = (of: { address(): unknown }) => (of.address() as AddressInfo).port;
  const probe = startCli(context, [
    ...['probe', '--port', String(portOf(server)), '--listen', '127.0.0.1:0', '--one-request'],
    ...['--server-metrics', `http://127.0.0.1:${portOf(metrics)}/metrics`],
  ]);
  await probe.saw(/metrics at http:\S+;/);
  const url = /metrics at (\S+);/.exec(probe.output())?.[1] ?? '';
  const stages = async () => {
    const { families } = parseFamilies(await (await fetch(url)).text());
    const series = families.find(({ name }) => name === 'acceptbench_stage_requests')?.series ?? [];
    return Object.fromEntries(series.map(({ labels, value }) => [labels.stage, value]));
  };
  const deadline = Date.now() + 60_000;
  while ((await stages()).process === undefined) assert.ok(Date.now() < deadline, 'no process stage in 60 s');
  assert.deepEqual(await stages(), { 'accept-queue': 0, process: 2, 'offload-queue': 0, work: 1 });
  probe.child.kill('SIGTERM');
  const { code, stderr } = await probe.finished;
  assert.deepEqual([code, stderr], [0, '']);
});

test('acceptbench probe refuses in one line what it can’t do', linux, async (context) => {
  for (const [args, code, says] of [
    [[], 2, /--port <ports>' not specified/],
    [['--port', '0'], 2, /a whole number from 1 to 65535/],
    [['--port', '80', '--listen', 'localhost:1'], 2, /an address and a port/],
    [['--port', '80', '--one-request'], 2, /--one-request is about what --server-metrics tells; give both/],
    [['--port', '80', '--server-metrics', 'x'], 2, /Accepted is a URL/],
    [['--port', '80', '--pid', '4194304'], 1, /there is no process 4194304/],
    [['--port', '80', '--listen', '192.0.2.1:1'], 1, /can't serve metrics: .*192\.0\.2\.1.*--listen/],
  ] as const) {
    const finished = await cli(context, ['probe', ...args]);
    assert.equal(finished.code, code, finished.stderr);
    assert.match(finished.stderr, says);
  }
});
