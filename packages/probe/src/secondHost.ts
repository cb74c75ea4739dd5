import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Link } from '@acceptbench/results/run';

/** Addresses that RFC 2544 keeps for benchmarks between hosts. */
const here = { interface: 'to-load', address: '198.18.0.1' } as const;
const there = { interface: 'to-server', address: '198.18.0.2' } as const;
const prefixLength = 30;

/** A network namespace beside ours, as another host would be. */
export interface SecondHost {
  /** Our own address, at which it reaches us. */
  readonly address: string;
  /** Put before a command, to run it there. */
  readonly prefix: readonly string[];
  close(): void;
}

/**
 * Makes a second network namespace and joins it to ours by a veth pair: to be called in a namespace that `enterNamespace` has
 * entered, where it needs no root. Every packet then goes through a device of its own queue and MTU of 1,500, which loopback has not.
 *
 * @param link delay and loss in each direction, by netem; without either no netem is needed
 * @throws Error in one line, when something is missing or was refused
 */
export async function joinSecondHost(link: Link): Promise<SecondHost> {
  // It has a namespace, and waits for the end of its input: ours, when we end.
  const holder = spawn('unshare', ['--net', '--', 'cat'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const close = () => void holder.kill('SIGKILL');
  try {
    const pid = await ownNamespace(holder);
    const prefix = ['nsenter', `--net=/proc/${pid}/ns/net`, '--'];
    const [hereName, thereName] = [here.interface, there.interface];
    const pair = ['type', 'veth', 'peer', 'name', thereName, 'netns', String(pid)];
    await run(['ip', 'link', 'add', hereName, ...pair]);
    for (const [end, before] of [
      [there, prefix],
      [here, []],
    ] as const) {
      await run([...before, 'ip', 'address', 'add', `${end.address}/${prefixLength}`, 'dev', end.interface]);
      await run([...before, 'ip', 'link', 'set', end.interface, 'up']);
      await impair(link, end.interface, before);
    }
    await run([...prefix, 'ip', 'link', 'set', 'lo', 'up']);
    await untilUp();
    return { address: here.address, prefix, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Delays and loses what leaves by this interface. @throws Error where the kernel has no netem */
async function impair(
  { delayMs, lossPercent }: Link,
  name: string,
  prefix: readonly string[],
): Promise<void> {
  if (delayMs === 0 && lossPercent === 0) return;
  const parts = [
    ...(delayMs === 0 ? [] : ['delay', `${delayMs}ms`]),
    ...(lossPercent === 0 ? [] : ['loss', `${lossPercent}%`]),
    // Packets under way at once, beyond which it loses them too: more than any load here sends in its delay.
    'limit',
    '100000',
  ];
  try {
    await run([...prefix, 'tc', 'qdisc', 'add', 'dev', name, 'root', 'netem', ...parts]);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `no delay or loss here: ${why}; it takes tc of iproute2 and a kernel with netem (CONFIG_NET_SCH_NETEM)`,
      { cause },
    );
  }
}

/** Resolves with its process id when it has a namespace of its own. */
async function ownNamespace(holder: ChildProcess): Promise<number> {
  const ended = new Promise<never>((_, reject) => {
    holder.once('error', (cause) =>
      reject(new Error(`can't make a second namespace: ${cause.message}`, { cause })),
    );
    holder.once('exit', (code) =>
      reject(new Error(`can't make a second namespace: unshare ended (${code})`)),
    );
  });
  ended.catch(() => {}); // It is killed in the end, when nobody waits for it.
  const ours = readlinkSync('/proc/self/ns/net');
  const isApart = async () => {
    while (holder.pid === undefined || readlinkSync(`/proc/${holder.pid}/ns/net`) === ours) await delay(2);
    return holder.pid;
  };
  return Promise.race([isApart(), ended]);
}

/** Both ends are up when ours has a carrier. */
async function untilUp(): Promise<void> {
  const deadline = performance.now() + 2000;
  while (networkInterfaces()[here.interface]?.some(({ address }) => address === here.address) !== true) {
    if (performance.now() > deadline) throw new Error(`the veth pair did not come up within 2 s`);
    await delay(5);
  }
}

function run([program = '', ...args]: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { timeout: 10_000, env: { ...process.env, LC_ALL: 'C' } }, (cause, _, stderr) => {
      if (cause === null) return resolve();
      const said = (stderr.trim() || cause.message).replace(/\s+/g, ' ');
      reject(new Error(`${program} ${args.join(' ')}: ${said}`, { cause }));
    });
  });
}
