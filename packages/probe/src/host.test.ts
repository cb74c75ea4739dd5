import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Environment } from '@acceptbench/results/run';
import { parseOpenFiles, readHost } from './host.ts';

test('the host is an environment but for what the run knows', () => {
  const host = readHost();
  assert.deepEqual(Environment.parse({ ...host, freeCores: 1, versions: {} }), {
    ...host,
    freeCores: 1,
    versions: {},
  });
  assert.ok(host.cpuModel !== '');
});

test('sysctls are as the kernel has them', { skip: process.platform !== 'linux' && 'Linux only' }, () => {
  const { sysctls } = readHost();
  assert.equal(sysctls['net.core.somaxconn'], readFileSync('/proc/sys/net/core/somaxconn', 'utf8').trim());
  assert.match(sysctls['net.ipv4.ip_local_port_range'] ?? '', /^\d+ \d+$/);
});

test('the soft limit of open files is read, and null when there is none', () => {
  const limits =
    'Max processes             96365    96365    processes\nMax open files            1024     524288   files\n';
  assert.equal(parseOpenFiles(limits), 1024);
  assert.equal(
    parseOpenFiles('Max open files            unlimited            unlimited            files\n'),
    null,
  );
  assert.equal(parseOpenFiles(''), null);
});
