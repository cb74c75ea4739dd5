import { requestText } from '@acceptbench/client/reply';
import { RawConnection } from './client.ts';

/** A request that asks for nothing that exists; its reply marks the end of what came before. */
const marker = requestText('/marker');

/**
 * Sends bytes on a connection of their own and says what became of them: the statuses that came back, and `closed` when
 * the server ended the connection. A connection that stays open is shown to be in sync by a further request.
 *
 * @returns `400 closed`, `200`, `closed`, or `another protocol`.
 */
export async function exchange(url: URL, bytes: string): Promise<string> {
  const connection = await RawConnection.open(url);
  try {
    connection.send(bytes);
    const seen: string[] = [];
    for (;;) {
      if (!(await connection.more())) return [...seen, 'closed'].join(' ');
      if (!'HTTP/1.'.startsWith(connection.unread.slice(0, 7))) return 'another protocol';
      const reply = await connection.reply();
      if (seen.length > 0 && reply.status === 404) return seen.join(' ');
      if (seen.length === 0) connection.send(marker);
      seen.push(String(reply.status));
    }
  } finally {
    connection.close();
  }
}

/** Sends bytes on a connection of their own: the status of the first reply, or `closed`, whatever comes after. */
export async function firstAnswer(url: URL, bytes: string): Promise<string> {
  const connection = await RawConnection.open(url);
  try {
    connection.send(bytes);
    return (await connection.more()) ? String((await connection.reply()).status) : 'closed';
  } finally {
    connection.close();
  }
}
