import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** A server on loopback that answers whatever is asked, until the test is over. */
export async function answering(
  context: TestContext,
  answer: (response: http.ServerResponse) => void,
): Promise<{ readonly port: number; readonly url: string; readonly requests: () => number }> {
  let requests = 0;
  const server = http.createServer((_request, response) => {
    requests += 1;
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, requests: () => requests };
}

/** Answers 200 with a body of JSON, as `/data` does. */
export const withJson = (body: string) => (response: http.ServerResponse) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(body);
