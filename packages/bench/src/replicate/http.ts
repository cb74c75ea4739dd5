import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const timeoutMs = 5_000;

/** An agent whose one connection is used again: the kernel's count of connections stays ours to know. */
export function oneConnection(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 1 });
}

/** One request. Without an agent it has a connection of its own. @throws Error when no whole answer comes in time. */
export function ask(url: string, options: { method?: string; agent?: Agent } = {}): Promise<Answer> {
  const { method = 'GET', agent = false } = options;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent, timeout: timeoutMs }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
      response.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    sent.on('error', (cause) => reject(new Error(`${method} ${url}: ${cause.message}`, { cause })));
    sent.end();
  });
}
