import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  allowedCpus,
  confinedTo,
  coresOf,
  defaultPlacement,
  freeCoresOf,
  loadCoresOf,
  parseCpuList,
  parsePlacement,
  placementHere,
  unplaced,
} from './placement.ts';

const allowed = [0, 1, 2, 3, 4, 5, 6, 7];

test('--cpus is read, in any order, lists and ranges', () => {
  assert.deepEqual(parsePlacement('server=0,load=1', allowed), { server: [0], load: [1] });
  assert.deepEqual(parsePlacement('load=3,4,server=0-2', allowed), { server: [0, 1, 2], load: [3, 4] });
  assert.deepEqual(parsePlacement('server=1', allowed), { server: [1], load: null });
  assert.deepEqual(parsePlacement('none', allowed), unplaced);
});

test('what is wrong with --cpus is said in one line', () => {
  const wrong: [string, RegExp][] = [
    ['', /can't read ""/],
    ['0,1', /can't read "0,1"/],
    ['server', /"" is no list of CPUs/],
    ['server=', /"" is no list of CPUs/],
    ['server=a', /"a" is no list of CPUs|can't read/],
    ['server=3-1', /"3-1" is no list of CPUs/],
    ['server=0,k6=1', /can't read "k6=1"/],
    ['server=0,server=1', /server is given twice/],
    ['server=0=1', /can't read/],
    ['server=9', /there is no CPU 9 here, there are 0, 1, 2, 3, 4, 5, 6, 7; accepted is server=</],
  ];
  for (const [text, message] of wrong) {
    assert.throws(
      () => parsePlacement(text, allowed),
      (error: Error) =>
        error.name === 'UsageError' && message.test(error.message) && !error.message.includes('\n'),
      text,
    );
  }
});

test('a list of CPUs reads back the same', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(9999), { minLength: 1 }), (cpus) => {
      const sorted = cpus.toSorted((a, b) => a - b);
      assert.deepEqual(parseCpuList(cpus.join(',')), sorted);
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => parseCpuList(text) !== undefined));
});

test('free cores are those of the server, or what the load generator leaves', () => {
  assert.equal(freeCoresOf(1, unplaced), 1);
  assert.equal(freeCoresOf(8, unplaced), 7);
  assert.equal(freeCoresOf(8, { server: [0, 1], load: null }), 2);
  assert.equal(freeCoresOf(8, { server: null, load: [0, 1] }), 6);
  assert.equal(loadCoresOf(8, unplaced), 1);
  assert.equal(loadCoresOf(8, { server: [0, 1], load: null }), 6);
  assert.equal(loadCoresOf(8, { server: [0, 1], load: [5, 6, 7] }), 3);
});

test('from three cores on the load generator has a quarter of them by default, at least one', () => {
  const single = (n: number) => Array.from({ length: n }, (_, cpu) => [cpu]);
  assert.deepEqual(defaultPlacement(single(1)), unplaced);
  assert.deepEqual(defaultPlacement(single(2)), unplaced);
  assert.deepEqual(defaultPlacement(single(3)), { server: [0, 1], load: [2] });
  assert.deepEqual(defaultPlacement(single(8)), { server: [0, 1, 2, 3, 4, 5], load: [6, 7] });
});

test('by default threads of one core go the same way', () => {
  // Numbered as usual: the second thread of core k is k + 4. CPU 6 is not ours.
  const cores = coresOf([0, 1, 2, 3, 4, 5, 7], (cpu) => [cpu % 4, (cpu % 4) + 4]);
  assert.deepEqual(cores, [[0, 4], [1, 5], [2], [3, 7]]);
  assert.deepEqual(defaultPlacement(cores), { server: [0, 1, 2, 4, 5], load: [3, 7] });
  // Of a CPU the kernel may say nothing of use.
  assert.deepEqual(
    coresOf([2, 3], () => []),
    [[2], [3]],
  );
});

test('here each CPU is used once at most by default, and only those that are ours', () => {
  const { server, load } = placementHere();
  const used = [...(server ?? []), ...(load ?? [])];
  assert.equal(new Set(used).size, used.length);
  assert.ok(used.every((cpu) => allowedCpus().includes(cpu)));
  assert.equal(server === null, load === null);
});

test('commands are confined by taskset, and this machine has the CPUs it says', () => {
  assert.deepEqual(confinedTo([0, 2]), ['taskset', '--cpu-list', '0,2']);
  assert.deepEqual(confinedTo(null), []);
  assert.ok(allowedCpus().length >= 1);
});
