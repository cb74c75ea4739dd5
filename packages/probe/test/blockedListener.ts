// A child process whose listener accepts exactly ACCEPT connections and then never another: its event loop blocks.
import { writeSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';

const [host = '127.0.0.1', port = '0', backlog = '511', accept = '0', reusePort = 'false'] =
  process.argv.slice(2);

const block = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
let accepted = 0;
const server = createServer({ keepAlive: false }, () => {
  accepted += 1;
  if (accepted === Number(accept)) block();
});
server.listen(
  { host, port: Number(port), backlog: Number(backlog), reusePort: reusePort === 'true', ipv6Only: true },
  () => {
    writeSync(1, `${(server.address() as AddressInfo).port}\n`);
    if (Number(accept) === 0) block();
  },
);
