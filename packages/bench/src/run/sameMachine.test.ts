import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aRun } from '@acceptbench/report/testing';
import { type Circumstances, changesSince } from './sameMachine.ts';

const then: Circumstances = aRun([]);
const { environment } = then;
const now = (change: Partial<Circumstances['environment']>): Circumstances => ({
  ...then,
  environment: { ...environment, ...change },
});

test('what is as it was is gone on with in silence', () => {
  const { versions } = environment;
  assert.deepEqual(changesSince(then, now({ versions: { ...versions, other: '1.0.0' } }), []), {
    refused: [],
    warned: [],
  });
  assert.deepEqual(changesSince(then, then, [{ kind: 'wasm:1', ratio: 1.09 }]), { refused: [], warned: [] });
});

test('another version, machine or kernel setting is refused, and named', () => {
  const refusals: [Circumstances, RegExp][] = [
    [
      now({ versions: { ...environment.versions, bun: '1.4.6' } }),
      /^the version of bun was 1\.4\.5 and is 1\.4\.6$/,
    ],
    [now({ versions: { k6: '2.2.0' } }), /^the version of node was 26\.10\.0 and is not known$/],
    [now({ cores: 4 }), /^cores was 2 and is 4$/],
    [now({ kernel: '6.19.0' }), /^kernel was 6\.18\.0 and is 6\.19\.0$/],
    [now({ cpuModel: 'Another' }), /^cpuModel was AMD EPYC 9B14 and is Another$/],
    [
      now({ sysctls: { ...environment.sysctls, 'net.core.somaxconn': '128' } }),
      /^net\.core\.somaxconn was 4096 and is 128$/,
    ],
    [{ ...then, acceptbenchVersion: '9.9.9' }, /^acceptbench was 0\.1\.0 and is 9\.9\.9$/],
    [{ ...then, isolation: { mode: 'none', reason: 'refused' } }, /^isolation was namespace and is none$/],
  ];
  for (const [changed, message] of refusals) {
    assert.match(changesSince(then, changed, []).refused[0] ?? '', message);
  }
});

test('what bears on no figure is told', () => {
  const changed = { ...now({ memoryBytes: 1, openFiles: 1024 }), commit: null };
  assert.deepEqual(changesSince(then, changed, []), {
    refused: [],
    warned: [
      'memoryBytes was 8000000000 and is 1',
      'openFiles was 1048576 and is 1024',
      'the commit of acceptbench was 0123456789abcdef0123456789abcdef01234567 and is not known',
    ],
  });
});

test('work that takes somewhat longer is told, and much longer or shorter is another machine', () => {
  const paced = (ratio: number) => changesSince(then, then, [{ kind: 'wasm:1', ratio }]);
  assert.match(paced(1.3).warned[0] ?? '', /^wasm:1 takes 1\.30 times what it took when the run began$/);
  assert.match(
    paced(3.2).refused[0] ?? '',
    /^wasm:1 takes 3\.20 times .*, more than 3 or less than a third$/,
  );
  assert.equal(paced(0.3).refused.length, 1);
});
