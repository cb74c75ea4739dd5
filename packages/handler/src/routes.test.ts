import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataReply, route } from './routes.ts';

const statusOf = (method: string, target: string) => {
  const routed = route({ method, target });
  return routed.kind === 'reply' ? routed.reply.status : routed.kind;
};

test('GET and HEAD of /data ask for work, of /healthz for a reply, of /metrics for the metrics', () => {
  for (const method of ['GET', 'HEAD']) {
    assert.equal(statusOf(method, '/data'), 'work');
    assert.equal(statusOf(method, '/data?city=x'), 'work');
    assert.equal(statusOf(method, 'http://example.test/data?x=http://y/'), 'work');
    assert.equal(statusOf(method, '/healthz'), 200);
    assert.equal(statusOf(method, '/metrics'), 'metrics');
  }
});

test('an unknown path is 404 with any method', () => {
  for (const target of [
    '/',
    '/data/',
    '/DATA',
    '/healthz/x',
    '*',
    'example.test:443',
    'http://example.test',
    '',
    '?',
  ]) {
    assert.equal(statusOf('GET', target), 404, target);
    assert.equal(statusOf('POST', target), 404, target);
  }
});

test('another method is 405 and says which are allowed', () => {
  const routed = route({ method: 'DELETE', target: '/data' });
  assert.equal(routed.kind, 'reply');
  if (routed.kind !== 'reply') return;
  assert.equal(routed.reply.status, 405);
  assert.equal(routed.reply.headers.allow, 'GET, HEAD');
});

test('the reply to /data is the article’s JSON', () => {
  const reply = dataReply({ street: '10 Downing Street', city: 'Value: 9', count: 90 });
  assert.equal(reply.headers['content-type'], 'application/json');
  assert.equal(reply.body, '{"street":"10 Downing Street","city":"Value: 9","count":90}');
});
