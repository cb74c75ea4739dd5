import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type RawReply, requestText } from '@acceptbench/client/reply';
import { once, RawConnection } from './client.ts';
import { type Combination, dataBody, offloads, smallWork } from './combination.ts';
import { assertRule } from './deviations.ts';
import { exchange, firstAnswer } from './exchange.ts';
import type { Server } from './process.ts';

const plain = 'text/plain; charset=utf-8';
const otherMethods = ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'];

/** What HTTP asks of a server, over a raw connection: routes, methods, framing, connections. */
export async function httpTests(t: TestContext, combination: Combination, server: Server): Promise<void> {
  const { url } = server;
  const body = dataBody(smallWork);

  await t.test('GET /data is the work’s JSON, GET /healthz is ok, a query changes nothing', async () => {
    const connection = await RawConnection.open(url);
    for (const target of ['/data', '/data?x=/nope', `http://${url.host}/data`, 'http://other/data?x=1#y']) {
      assertReply(await connection.get(target), 200, 'application/json', body);
    }
    assertReply(await connection.get('/healthz'), 200, plain, 'ok\n');
    assertReply(await connection.get('/healthz?x=1'), 200, plain, 'ok\n');
    connection.close();
  });

  await t.test('anything else is 404, whatever the method', async () => {
    const connection = await RawConnection.open(url);
    for (const target of ['/nope', '/', '/data/', '/Data', '//data', '/healthzz', 'http://other/']) {
      assertReply(await connection.get(target), 404, plain, 'not found\n');
    }
    for (const method of otherMethods) {
      assertReply(await connection.get('/nope', method), 404, plain, 'not found\n');
    }
    connection.close();
  });

  await t.test('other methods are 405 with Allow, and their body is not taken for a request', async () => {
    for (const target of ['/data', '/healthz']) {
      for (const method of otherMethods) {
        const connection = await RawConnection.open(url);
        connection.send(`${requestText(target, method, ['Content-Length: 18'])}GET / HTTP/1.1\r\n\r\n`);
        const reply = await connection.reply();
        assertReply(reply, 405, plain, 'method not allowed\n');
        assert.equal(reply.headers.get('allow'), 'GET, HEAD');
        await assertInSync(connection, reply);
        connection.close();
      }
    }
  });

  await t.test('HEAD has GET’s status and headers, no body, and the connection stays usable', async () => {
    const connection = await RawConnection.open(url);
    for (const target of ['/data', '/healthz', '/nope']) {
      const head = await connection.get(target, 'HEAD');
      const get = await connection.get(target);
      assert.equal(head.status, get.status);
      assert.equal(head.headers.get('content-type'), get.headers.get('content-type'));
      assert.equal(head.headers.get('content-length'), get.headers.get('content-length'));
    }
    connection.close();
  });

  await t.test('every reply says its length', async () => {
    for (const target of ['/data', '/healthz', '/nope']) {
      const { headers, body: text } = await once(url, target);
      assert.equal(
        headers.get('content-length'),
        String(text.length),
        `${target}: ${headers.get('transfer-encoding')}`,
      );
    }
  });

  await t.test('a body on GET is passed over, with a length or in chunks', async () => {
    const bodies = [
      `${requestText('/data', 'GET', ['Content-Length: 18'])}GET / HTTP/1.1\r\n\r\n`,
      `${requestText('/data', 'GET', ['Transfer-Encoding: chunked'])}12\r\nGET / HTTP/1.1\r\n\r\n\r\n0\r\n\r\n`,
    ];
    for (const bytes of bodies) {
      const connection = await RawConnection.open(url);
      connection.send(bytes);
      const reply = await connection.reply();
      assertReply(reply, 200, 'application/json', body);
      await assertInSync(connection, reply);
      connection.close();
    }
  });

  await t.test('Connection: close is honoured; without it the connection is used again', async () => {
    const connection = await RawConnection.open(url);
    await connection.get('/data');
    connection.send(requestText('/data', 'GET', ['Connection: close']));
    assertReply(await connection.reply(), 200, 'application/json', body);
    assert.equal(await connection.ended(), 'closed by the server');
    assert.equal(connection.unread, '');
  });

  await t.test('pipelined requests are answered in order', async () => {
    const connection = await RawConnection.open(url);
    const targets = ['/healthz', '/nope', '/data', '/nope', '/healthz', '/data'];
    connection.send(targets.map((target) => requestText(target)).join(''));
    const bodies: string[] = [];
    while (bodies.length < targets.length && (await connection.more()))
      bodies.push((await connection.reply()).body);
    const inOrder = ['ok\n', 'not found\n', body, 'not found\n', 'ok\n', body];
    assert.deepEqual(bodies, inOrder.slice(0, bodies.length));
    const seen = bodies.length === targets.length ? 'answered' : 'closed';
    if (offloads(combination)) assertRule(combination, 'a request that comes while another waits', seen);
    else assert.equal(seen, 'answered');
    connection.close();
  });

  await t.test('a request is understood however its bytes arrive', async () => {
    const connection = await RawConnection.open(url);
    for (const byte of requestText('/data')) {
      connection.send(byte);
      await new Promise(setImmediate); // Lets the byte go as a segment of its own, most times.
    }
    assertReply(await connection.reply(), 200, 'application/json', body);
    assertReply(await connection.get('/healthz'), 200, plain, 'ok\n');
    connection.close();
  });

  await t.test('HTTP/1.0: the reply, and the end of the connection', async () => {
    const connection = await RawConnection.open(url);
    connection.send('GET /data HTTP/1.0\r\n\r\n');
    assertReply(await connection.reply(), 200, 'application/json', body);
    assert.equal(await connection.ended(), 'closed by the server');
    const kept = await exchange(url, 'GET /data HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    assert.ok(kept.startsWith('200'));
    assertRule(combination, 'HTTP/1.0 with keep-alive', kept === '200' ? 'kept open' : 'closed');
  });

  await t.test('Expect: 100-continue is told to go on, and answered', async () => {
    const connection = await RawConnection.open(url);
    connection.send(requestText('/data', 'POST', ['Content-Length: 5', 'Expect: 100-continue']));
    const reply = await connection.reply();
    assertReply(reply, 405, plain, 'method not allowed\n');
    assert.deepEqual(reply.interim, [100]);
    connection.close();
  });

  await t.test('what the runtime’s own HTTP code decides is as known', async () => {
    assertRule(combination, 'an unknown method', await exchange(url, requestText('/data', 'FOO')));
    assertRule(combination, 'CONNECT', await firstAnswer(url, requestText('x:80', 'CONNECT')));
    assertRule(combination, 'OPTIONS *', await exchange(url, requestText('*', 'OPTIONS')));
  });

  await t.test('50 requests at once are all answered right', async () => {
    const replies = await Promise.all(Array.from({ length: 50 }, () => once(url, '/data')));
    for (const reply of replies) assertReply(reply, 200, 'application/json', body);
  });
}

function assertReply(reply: RawReply, status: number, type: string, body: string): void {
  assert.equal(reply.status, status);
  assert.equal(reply.headers.get('content-type'), type);
  assert.equal(reply.body, body);
}

/**
 * After a request with a body that nobody reads, the connection is either good for another one, or closed; and a server
 * that closes must have said so (RFC 9112 §9.6).
 */
async function assertInSync(connection: RawConnection, reply: RawReply): Promise<void> {
  if (reply.headers.get('connection')?.toLowerCase() === 'close') await connection.ended();
  else assertReply(await connection.get('/healthz'), 200, plain, 'ok\n');
}
