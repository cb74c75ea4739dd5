import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Environment } from '@acceptbench/results/run';
import { aCell, aRun } from '../testing/builders.ts';
import { environmentDifferences } from './environment.ts';

const base = aRun([aCell({ runtime: 'node' }), aCell({ runtime: 'bun' })]);
const changed = (environment: Partial<Environment>) =>
  environmentDifferences(base, { ...base, environment: { ...base.environment, ...environment } });

describe('environmentDifferences', () => {
  it('has none between a run and itself', () => {
    assert.deepEqual(environmentDifferences(base, base), []);
  });

  it('warns of each figure of the machine and of what generates the load', () => {
    const changes: [Partial<Environment>, string][] = [
      [{ cpuModel: 'Intel Xeon' }, 'CPU model'],
      [{ cores: 4 }, 'cores'],
      [{ freeCores: 3 }, "cores for the server's work"],
      [{ kernel: '6.12.0' }, 'kernel'],
      [{ arch: 'arm64' }, 'architecture'],
      [{ os: 'macOS' }, 'operating system'],
      [{ memoryBytes: 16_000_000_000 }, 'memory in GiB'],
      [{ sysctls: { ...base.environment.sysctls, 'net.core.somaxconn': '128' } }, 'net.core.somaxconn'],
      [{ versions: { ...base.environment.versions, k6: '2.3.0' } }, 'version of k6'],
    ];
    for (const [change, what] of changes) {
      const differences = changed(change);
      assert.deepEqual(
        differences.map((each) => [each.what, each.weight]),
        [[what, 'warning']],
      );
    }
    assert.deepEqual(changed({ memoryBytes: (base.environment.memoryBytes ?? 0) * 1.01 }), []);
  });

  it('takes another version of a runtime as what is compared', () => {
    const [difference] = changed({ versions: { ...base.environment.versions, node: '27.0.0' } });
    assert.deepEqual(difference, {
      what: 'version of node',
      base: '26.10.0',
      head: '27.0.0',
      weight: 'expected',
    });
  });

  it('warns where isolation, placement or the speed of the same work is not the same', () => {
    const [calibration] = base.calibrations;
    assert.ok(calibration !== undefined);
    const differences = environmentDifferences(base, {
      ...base,
      isolation: { mode: 'none', reason: 'no' },
      placement: { server: [0], load: [1] },
      calibrations: [{ ...calibration, medianMs: 5 }],
    });
    assert.deepEqual(
      differences.map(({ what, base, head }) => [what, base, head]),
      [
        ['isolation', 'a namespace for each replicate', 'none'],
        ['CPUs of the servers', 'any', '0'],
        ['CPUs of the load generator', 'any', '1'],
        ['time in ms that wasm:4000000 took by itself', '4.01', '5'],
      ],
    );
  });
});
