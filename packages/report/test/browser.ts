import { existsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';

/**
 * A real browser: `CHROME_BIN` where it is set; on Linux x64 the one that npm brings; elsewhere an installed Chrome or Edge.
 *
 * @throws Error that names each that was tried, and why it does not start.
 */
export async function launchBrowser(): Promise<Browser> {
  const failures: string[] = [];
  for (const [name, options] of await candidates()) {
    try {
      return await chromium.launch(options);
    } catch (error) {
      const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      failures.push(`${name}: ${why}`);
    }
  }
  throw new Error(`no browser starts; ${failures.join('; ')}; set CHROME_BIN to a Chrome or Chromium`);
}

/** Where sparticuz unpacks it another test file may be at it: it is whole when nobody has written to it for a while. */
async function untilUnpacked(path: string): Promise<void> {
  const isWritten = () => existsSync(path) && Date.now() - statSync(path).mtimeMs < 5_000;
  for (const end = Date.now() + 60_000; isWritten() && Date.now() < end; ) await delay(100);
}

async function candidates(): Promise<[name: string, options: LaunchOptions][]> {
  const given = process.env.CHROME_BIN;
  if (given !== undefined && existsSync(given)) {
    return [[given, { executablePath: given, args: ['--no-sandbox', '--disable-gpu'] }]];
  }
  if (process.platform === 'linux' && process.arch === 'x64') {
    // Its own arguments hold --single-process, which dies at the second context.
    await untilUnpacked(join(tmpdir(), 'chromium'));
    const executablePath = await sparticuz.executablePath();
    return [['@sparticuz/chromium', { executablePath, args: ['--no-sandbox', '--disable-gpu'] }]];
  }
  return [
    ['Chrome', { channel: 'chrome' }],
    ['Edge', { channel: 'msedge' }],
  ];
}
