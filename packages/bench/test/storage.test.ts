import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { checkIsolation } from '@acceptbench/probe/isolation';

const fixture = fileURLToPath(new URL('./fixtures/fillsDisk.ts', import.meta.url));
const isolation = await checkIsolation();
const isolated = { skip: isolation.mode === 'none' && isolation.reason };

test(
  'a disk that is full: told in one line, nothing half-written, and it goes on when there is room',
  isolated,
  async (context) => {
    const disk = mkdtempSync(join(tmpdir(), 'acceptbench-disk-'));
    context.after(() => rmSync(disk, { recursive: true }));
    const mount = 'mount -t tmpfs -o size=256k none "$1" && exec "$2" "$3" "$1"';
    const { stdout, stderr } = await promisify(execFile)('unshare', [
      '--user',
      '--map-root-user',
      '--mount',
      'sh',
      '-c',
      mount,
      'sh',
      disk,
      process.execPath,
      fixture,
    ]);
    assert.equal(stderr, '', 'nothing was gone');
    const seen = JSON.parse(stdout);
    const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);
    assert.match(
      seen.beforeAny,
      /^StorageError: can't save results in \S+: 0 MiB are free, and a replicate wants 16$/,
    );
    assert.ok(seen.saved > 5 && seen.saved < 1000, `${seen.saved} were saved`);
    assert.match(seen.full, /^StorageError: can't save results in \S+: ENOSPC: no space left on device/);
    assert.deepEqual(seen.ordersWhenFull, upTo(seen.saved));
    assert.match(seen.report, /^StorageError: .*ENOSPC/);
    assert.deepEqual(seen.ordersAfter, upTo(seen.saved + 1));
  },
);
