import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createCounterFinder, openCounters, readCounters } from './counters.ts';

// In the form of Linux 6.18, shortened, each value its own: MaxConn is -1, and a group may have one counter.
const SNMP = `Ip: Forwarding DefaultTTL InReceives
Ip: 1 64 1840
Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens
Tcp: 1 200 120000 -1 61 2501
`;
const NETSTAT = `TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPSynRetrans TCPReqQFullDoCookies TCPReqQFullDrop TCPDeferAcceptDrop
TcpExt: 0 17 19 23 5 3 4
MPTcpExt: MPCapableSYNRX
MPTcpExt: 0
`;

/** Another way to read them: by strings, all of them. */
function valuesIn(text: string): Map<string, number> {
  const values = new Map<string, number>();
  const lines = text.split('\n');
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const [names, numbers] = [lines[at], lines[at + 1]].map((line) => (line ?? '').split(' '));
    names?.forEach((name, column) => {
      if (column > 0) values.set(`${names[0]}${name}`, Number(numbers?.[column]));
    });
  }
  return values;
}

function find(group: string, names: readonly string[], text: string) {
  return [...createCounterFinder(group, names)(Buffer.from(text, 'latin1'), text.length)];
}

test('finds counters of either file, in the order asked for', () => {
  assert.deepEqual(find('Tcp', ['PassiveOpens', 'MaxConn', 'RtoAlgorithm'], SNMP), [2501, -1, 1]);
  assert.deepEqual(find('TcpExt', ['TCPDeferAcceptDrop', 'ListenOverflows'], NETSTAT), [4, 17]);
  assert.deepEqual(find('MPTcpExt', ['MPCapableSYNRX'], NETSTAT), [0]);
});

test('a counter that the kernel lacks is null, not 0', () => {
  assert.deepEqual(find('Tcp', ['PassiveOpens', 'Other'], 'Tcp: PassiveOpens\nTcp: 0\n'), [0, null]);
  assert.deepEqual(find('TcpExt', ['PassiveOpens'], SNMP), [null]);
  assert.deepEqual(find('Tcp', ['PassiveOpens'], ''), [null]);
  assert.deepEqual(find('Tcp', [], SNMP), []);
});

test('lines that are no pair are no counters, and a value that is cut off is none', () => {
  for (const text of [
    'Tcp: PassiveOpens\n',
    'Tcp: PassiveOpens\nUdp: 3\n',
    'Tcp: PassiveOpens\nTcp: x3\n',
    'Tcp: PassiveOpens\nTcp: 25',
    'Tcp: A PassiveOpens\nTcp: 1\nUdp: 9\n',
  ]) {
    assert.deepEqual(find('Tcp', ['PassiveOpens'], text), [null], text);
  }
});

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,20}$/);
const groups = fc.dictionary(word, fc.dictionary(word, fc.maxSafeInteger(), { minKeys: 1 }));
const format = (from: Record<string, Record<string, number>>) =>
  Object.entries(from)
    .map(([group, counters]) => {
      const [names, values] = [Object.keys(counters), Object.values(counters)];
      return `${group}: ${names.join(' ')}\n${group}: ${values.join(' ')}\n`;
    })
    .join('');

test('what is formatted reads back the same, when lines come, go or grow too', () => {
  fc.assert(
    fc.property(groups, groups, (one, other) => {
      const [group = 'None', counters = {}] = Object.entries(one)[0] ?? [];
      const names = Object.keys(counters).toReversed();
      const finder = createCounterFinder(group, names);
      for (const text of [format(one), format({ ...other, ...one }), format(one), format(other)]) {
        const values = valuesIn(text);
        const expected = names.map((name) => values.get(`${group}:${name}`) ?? null);
        assert.deepEqual([...finder(Buffer.from(text, 'latin1'), text.length)], expected);
      }
    }),
  );
});

test('garbage never throws, and nothing is learnt from it', () => {
  const text = SNMP + NETSTAT;
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), fc.nat(text.length), (garbage, cut) => {
      const finder = createCounterFinder('TcpExt', ['ListenDrops']);
      const torn = Buffer.from(text.slice(0, cut) + garbage, 'latin1');
      const [value] = finder(torn, torn.length);
      assert.ok(value === null || Number.isInteger(value));
      assert.deepEqual([...finder(Buffer.from(text, 'latin1'), text.length)], [19]);
    }),
  );
});

test('this kernel shows the counters of a sample', {
  skip: process.platform !== 'linux' && 'Linux only',
}, () => {
  const { passiveOpens, listenOverflows, listenDrops, synRetrans } = readCounters();
  for (const value of [passiveOpens, listenOverflows, listenDrops, synRetrans]) {
    assert.ok(Number.isInteger(value));
  }
});

test('a reading of few counters has PassiveOpens alone', {
  skip: process.platform !== 'linux' && 'Linux only',
}, (t) => {
  const files = openCounters();
  t.after(() => files.close());
  const all = files.read();
  assert.ok(Object.values(all).every((value) => Number.isInteger(value)));
  const few = files.read('opens');
  assert.ok((few.passiveOpens ?? -1) >= (all.passiveOpens ?? Number.NaN));
  const { passiveOpens: _, ...others } = few;
  assert.ok(Object.values(others).every((value) => value === null));
});
