import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isolatedCommand } from '@acceptbench/probe/isolation';
import { acceptedPerSecond, connectionsAccepted } from '@acceptbench/report/kernel';
import { totalQueue } from '@acceptbench/results/accepted';
import type { KernelSample } from '@acceptbench/results/sample';

const guest = fileURLToPath(new URL('./fixtures/acceptsSome.ts', import.meta.url));

/** Runs the guest in a namespace of its own: it samples a listener that accepts so many of the connections opened. */
async function samplesOf(accepts: number, opened: number): Promise<KernelSample[]> {
  const { program, args } = isolatedCommand(process.execPath, [guest, String(accepts), String(opened)]);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 0, text);
  return JSON.parse(text);
}

for (const { accepts, opened } of [
  { accepts: 1, opened: 60 },
  { accepts: 23, opened: 60 },
  { accepts: 60, opened: 60 },
]) {
  test(`acceptedPerSecond is right: a listener that takes ${accepts} of ${opened} connections`, async () => {
    const samples = await samplesOf(accepts, opened);
    const first = samples[0];
    const last = samples.at(-1);
    assert.ok(first !== undefined && last !== undefined);
    const window = { startMs: first.atMs, endMs: last.atMs };
    const perSecond = acceptedPerSecond(samples, window);
    assert.ok(perSecond !== null);
    const seconds = (window.endMs - window.startMs) / 1000;
    assert.ok(
      Math.abs(perSecond * seconds - accepts) < 1e-6,
      `${perSecond * seconds} accepted, not ${accepts}`,
    );
    assert.equal(connectionsAccepted(samples, window.startMs), opened);
    // The most ever seen may be one more: a sample can fall between an arrival and its accept.
    assert.equal(totalQueue(last), opened - accepts);
  });
}
