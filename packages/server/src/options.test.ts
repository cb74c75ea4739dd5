import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  apis,
  type Capabilities,
  helpText,
  type Options,
  resolveOptions,
  topologies,
  UsageError,
  variables,
} from './options.ts';

const everything: Capabilities = { apis, topologies };

function resolve(env: Record<string, string>, args: string[] = [], capabilities = everything): Options {
  const options = resolveOptions(env, args, capabilities);
  assert.notEqual(options, 'help');
  return options as Options;
}

test('the defaults are loopback, inline, 4 million turns of wasm', () => {
  assert.deepEqual(resolve({}), {
    host: '127.0.0.1',
    port: 8080,
    metricsPort: 9464,
    api: 'native',
    topology: 'inline',
    workers: 1,
    listeners: 1,
    work: { kind: 'wasm', iterations: 4_000_000 },
    backlog: null,
    queueLimit: null,
    shutdownGraceMs: 30_000,
  });
});

test('a flag wins over the environment, in both spellings', () => {
  const env = { PORT: '1', TOPOLOGY: 'offload', WORKERS: '2' };
  assert.equal(resolve(env).port, 1);
  assert.equal(resolve(env, ['--port', '2']).port, 2);
  assert.equal(resolve(env, ['--port=3', '--metrics-port', '0']).port, 3);
  assert.equal(resolve(env, ['--workers=4']).workers, 4);
});

test('an empty BACKLOG or QUEUE_LIMIT means the same as none', () => {
  assert.equal(resolve({ BACKLOG: '', QUEUE_LIMIT: '' }).backlog, null);
});

test('each bad value is one line that names the variable, what it got and what it takes', () => {
  const bad: [string, string][] = [
    ['HOST', 'localhost'],
    ['HOST', '999.1.1.1'],
    ['HOST', ':::'],
    ['HOST', '0.0.0.0; rm -rf'],
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '8080.5'],
    ['PORT', ''],
    ['METRICS_PORT', 'x'],
    ['API', 'express'],
    ['TOPOLOGY', 'inlin'],
    ['WORKERS', '0'],
    ['WORK', 'wasm'],
    ['BACKLOG', '0'],
    ['QUEUE_LIMIT', '1e3'],
    ['SHUTDOWN_GRACE_MS', '600001'],
  ];
  for (const [variable, text] of bad) {
    assert.throws(
      () => resolve({ [variable]: text }),
      (error: Error) => {
        assert.ok(error instanceof UsageError);
        assert.ok(error.message.startsWith(`${variable}: got "${text}", accepted is `), error.message);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      },
    );
  }
});

test('what does not fit together is refused', () => {
  assert.throws(
    () => resolve({ WORKERS: '2' }),
    /^UsageError: WORKERS: got "2", accepted is 1 with TOPOLOGY=inline/,
  );
  assert.throws(() => resolve({ QUEUE_LIMIT: '5' }), /^UsageError: QUEUE_LIMIT: got "5"/);
  assert.throws(() => resolve({ PORT: '9464' }), /^UsageError: METRICS_PORT: got "9464"/);
  assert.throws(
    () => resolve({ TOPOLOGY: 'prefork' }, [], { apis: ['native'], topologies: ['inline', 'offload'] }),
    /^UsageError: TOPOLOGY: got "prefork", this server offers inline, offload$/,
  );
});

test('an unknown flag, or one without its value, is refused', () => {
  assert.throws(() => resolve({}, ['--prot', '1']), /unknown argument "--prot", accepted are --host, --port/);
  assert.throws(() => resolve({}, ['8080']), /unknown argument "8080"/);
  assert.throws(() => resolve({}, ['--port']), /--port: got nothing/);
});

test('whatever is given, the answer is options, help, or one line', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('--port', '--help', '1', 'offload', '--topology=offload'),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...variables), fc.string()), fc.array(text), (env, args) => {
      try {
        resolveOptions(env, args, everything);
      } catch (error) {
        assert.ok(error instanceof UsageError);
        assert.doesNotMatch(error.message, /[\n\r]/);
      }
    }),
  );
});

test('the help names every variable and every flag', () => {
  const help = helpText('node');
  for (const variable of variables) assert.ok(help.includes(variable), variable);
  assert.equal(resolveOptions({}, ['--help'], everything), 'help');
});
