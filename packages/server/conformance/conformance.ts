import { after, test } from 'node:test';
import { closeConnections } from './client.ts';
import { type Combination, nameOf, offloads, startOrRefusal } from './combination.ts';
import { deathTests } from './deaths.ts';
import { assertFacts, backlogTest } from './facts.ts';
import { httpTests } from './http.ts';
import { metricsTests } from './metricsTests.ts';
import { offloadTests } from './offload.ts';
import { killServers, readManifest } from './process.ts';
import { shutdownTests } from './shutdown.ts';
import { usageTests } from './usage.ts';

/**
 * Defines the tests that every server must pass, over each API and topology that its manifest names, with real
 * processes: the manifest is all that is known of it. What a server refuses at start is shown as not offered.
 *
 * @param mortalUrl manifest of the same server with workers that die; see mortal.ts
 */
export function defineConformance(manifestUrl: URL, mortalUrl: URL): void {
  after(() => {
    closeConnections();
    killServers();
  });
  const manifest = readManifest(manifestUrl);
  test(`${manifest.name}: options`, (t) => usageTests(t, manifestUrl));
  for (const api of manifest.apis) {
    for (const topology of manifest.topologies) {
      const combination: Combination = { manifestUrl, manifest, api, topology };
      test(nameOf(combination), async (t) => {
        const server = await startOrRefusal(t, combination);
        if (typeof server === 'string') {
          t.skip(`not offered: ${server}`);
          return;
        }
        await t.test('the line that it prints is true', () => assertFacts(combination, server));
        await backlogTest(t, combination);
        await httpTests(t, combination, server);
        await metricsTests(t, combination, server);
        await shutdownTests(t, combination);
        if (offloads(combination)) {
          await offloadTests(t, combination);
          await deathTests(t, combination, mortalUrl);
        }
      });
    }
  }
}
