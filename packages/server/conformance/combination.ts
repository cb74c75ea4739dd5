import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { dataReply } from '@acceptbench/handler/routes';
import { createWork, parseWork } from '@acceptbench/handler/work';
import type { Manifest } from '@acceptbench/server/manifest';
import type { Api, Topology } from '@acceptbench/server/options';
import { DidNotStart, type Env, type Server, startServer } from './process.ts';

/** One thing that a manifest says it offers. */
export interface Combination {
  readonly manifestUrl: URL;
  readonly manifest: Manifest;
  readonly api: Api;
  readonly topology: Topology;
}

/** Work that is over at once, and work that lasts some 0.1 s or more: long enough to act while it goes on. */
export const smallWork = 'wasm:20000';
export const bigWork = 'wasm:100000000';

export function offloads({ topology }: Combination): boolean {
  return topology === 'offload' || topology === 'reuseport-offload';
}

export function nameOf({ manifest, api, topology }: Combination): string {
  return `${manifest.name} ${api} ${topology}`;
}

/** Starts a server of this combination, which ends with the test whatever becomes of it. Two workers unless told. */
export async function start(t: TestContext, combination: Combination, env: Env = {}): Promise<Server> {
  const { manifestUrl, api, topology } = combination;
  const server = await startServer(manifestUrl, {
    API: api,
    TOPOLOGY: topology,
    WORK: smallWork,
    ...(topology === 'inline' ? {} : { WORKERS: '2' }),
    ...env,
  });
  t.after(async () => {
    server.signal('SIGKILL');
    await server.ended;
  });
  return server;
}

/** The reason why a server that its manifest offers refuses to start; anything but one line and exit 2 is an error. */
export async function startOrRefusal(t: TestContext, combination: Combination): Promise<Server | string> {
  try {
    return await start(t, combination);
  } catch (error) {
    if (!(error instanceof DidNotStart) || error.ended.code !== 2) throw error;
    assert.equal(error.ended.stderr.length, 1, 'a refusal is one line');
    return error.ended.stderr[0] ?? '';
  }
}

const bodies = new Map<string, string>();

/** The body that `GET /data` must have with that WORK: worked out once, as it takes what the work takes. */
export function dataBody(work: string): string {
  const body = bodies.get(work) ?? dataReply(createWork(parseWork(work))()).body;
  bodies.set(work, body);
  return body;
}
