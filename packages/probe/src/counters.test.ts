import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createCounterFinder, openCounters, parseCounters, readCounters, toCounters } from './counters.ts';

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

test('reads the counters of both files', () => {
  const { values, unread } = parseCounters(SNMP + NETSTAT);
  assert.deepEqual(unread, []);
  assert.equal(values['Tcp.MaxConn'], -1);
  assert.deepEqual(toCounters(values), {
    passiveOpens: 2501,
    listenOverflows: 17,
    listenDrops: 19,
    synRetrans: 23,
    reqQFullDrop: 3,
    reqQFullDoCookies: 5,
    deferAcceptDrop: 4,
  });
});

test('a counter that the kernel lacks is null, not 0', () => {
  const counters = toCounters(parseCounters('Tcp: PassiveOpens\nTcp: 0\n').values);
  assert.equal(counters.passiveOpens, 0);
  assert.equal(counters.listenOverflows, null);
  assert.equal(counters.reqQFullDrop, null);
});

test('lines that are no pair are kept, and the pairs around them are read', () => {
  const { values, unread } = parseCounters(`what\nTcp: A B\nTcp: 1\n${SNMP}`);
  assert.deepEqual(unread, ['what', 'Tcp: A B', 'Tcp: 1']);
  assert.equal(values['Tcp.PassiveOpens'], 2501);
});

test('pairs that are formatted read back the same', () => {
  const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,20}$/);
  const groups = fc.dictionary(word, fc.dictionary(word, fc.maxSafeInteger(), { minKeys: 1 }));
  fc.assert(
    fc.property(groups, (wanted) => {
      const expected: Record<string, number> = {};
      let text = '';
      for (const [group, counters] of Object.entries(wanted)) {
        text += `${group}: ${Object.keys(counters).join(' ')}\n${group}: ${Object.values(counters).join(' ')}\n`;
        for (const [name, value] of Object.entries(counters)) expected[`${group}.${name}`] = value;
      }
      assert.deepEqual(parseCounters(text), { values: expected, unread: [] });
    }),
  );
});

test('garbage never throws', () => {
  fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => assert.ok(parseCounters(text))));
});

test('this kernel shows the counters of a sample', {
  skip: process.platform !== 'linux' && 'Linux only',
}, () => {
  const { passiveOpens, listenOverflows, listenDrops, synRetrans } = readCounters();
  for (const value of [passiveOpens, listenOverflows, listenDrops, synRetrans]) {
    assert.ok(Number.isInteger(value));
  }
});

test('a finder agrees with the parser on every counter, and is null for others and for garbage', () => {
  const text = SNMP + NETSTAT;
  for (const [key, value] of Object.entries(parseCounters(text).values)) {
    const [group = '', name = ''] = key.split('.');
    assert.equal(createCounterFinder(group, name)(text), value, key);
  }
  assert.equal(createCounterFinder('TcpExt', 'PassiveOpens')(text), null);
  assert.equal(createCounterFinder('ListenDrops', 'x')(text), null);
  fc.assert(
    fc.property(fc.string(), fc.nat(text.length), (garbage, cut) => {
      const find = createCounterFinder('TcpExt', 'ListenDrops');
      const value = find(text.slice(0, cut) + garbage);
      assert.ok(value === null || Number.isInteger(value));
      assert.equal(find(text), 19);
    }),
  );
});

test('a reading of few counters has PassiveOpens alone', {
  skip: process.platform !== 'linux' && 'Linux only',
}, (t) => {
  const files = openCounters();
  t.after(() => files.close());
  const all = files.read();
  assert.ok(Object.values(all).every((value) => Number.isInteger(value)));
  const few = files.read({ all: false });
  assert.ok((few.passiveOpens ?? -1) >= (all.passiveOpens ?? Number.NaN));
  const { passiveOpens: _, ...others } = few;
  assert.ok(Object.values(others).every((value) => value === null));
});
