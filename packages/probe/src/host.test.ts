import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Environment } from '@acceptbench/results/run';
import { openHostMeter, parseOpenFiles, parsePressure, parseSteal, readHost } from './host.ts';

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

test('steal and pressure are read in seconds, and null where the kernel has none', () => {
  assert.equal(parseSteal('cpu  1 2 3 4 5 6 7 850 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n'), 8.5);
  assert.equal(parseSteal('cpu  1 2 3 4\n'), null);
  const psi =
    'some avg10=0.00 avg60=1.11 avg300=0.52 total=2500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=9\n';
  assert.equal(parsePressure(psi), 2.5);
  assert.equal(parsePressure(''), null);
});

test('this kernel says what was stolen', { skip: process.platform !== 'linux' && 'Linux only' }, (t) => {
  const meter = openHostMeter();
  t.after(() => meter.close());
  const first = meter.read().stealSeconds ?? Number.NaN;
  assert.ok(first >= 0);
  assert.ok((meter.read().stealSeconds ?? Number.NaN) >= first);
});
