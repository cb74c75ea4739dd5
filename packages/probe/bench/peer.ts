// A process to watch: with a port it listens there and closes each connection first, so that it is the one in TIME-WAIT.
import { createServer } from 'node:net';

const port = process.argv[2];
if (port === undefined) process.send?.('started');
else {
  createServer((socket) => socket.end().resume()).listen(
    { port: Number(port), host: '127.0.0.1', backlog: 511 },
    () => process.send?.('listening'),
  );
}
process.on('message', () => undefined);
