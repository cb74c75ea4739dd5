import { Agent, request } from 'node:http';

const timeoutMs = 30_000;

/** An agent with so many connections, used again and again. */
export function connections(n: number): Agent {
  return new Agent({ keepAlive: true, maxSockets: n });
}

/** The body of a GET. @throws Error when the status is not 200, or no whole answer comes within 30 s. */
export function get(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, timeout: timeoutMs }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => {
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`GET ${url}: status ${response.statusCode}: ${body.slice(0, 200)}`));
      });
      response.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    sent.on('error', (cause) => reject(new Error(`GET ${url}: ${cause.message}`, { cause })));
    sent.end();
  });
}
