import http from 'node:http';
import { ensureK6 } from './ensure.ts';
import { describeMissingK6, UnusableK6BinError } from './find.ts';
import { progressPrinter } from './progress.ts';
import { K6_VERSION } from './version.ts';

const help = `Finds k6 ${K6_VERSION}, or installs it into .cache/k6, and says which one is used.

Usage: npm run setup -w @acceptbench/k6

In this order: K6_BIN; k6 on PATH, when it is ${K6_VERSION}; the cache; a build with Go (go.mod and go.sum
pin every module; 1 to 2 minutes, once); the official release, checked against its own SHA-256 list.

Variables:
  K6_BIN               path of a k6 v2 to use; an error when it cannot be used
  K6_SKIP_GO           1 leaves the Go build out
  K6_RELEASE_BASE_URL  where <base>/v${K6_VERSION}/<archive> is; GitHub's releases when not set
`;

async function setup(): Promise<number> {
  const interruption = new AbortController();
  let exitCode = 0;
  const interrupt = (signal: NodeJS.Signals): void => {
    exitCode = signal === 'SIGINT' ? 130 : 143;
    interruption.abort(new Error(`interrupted by ${signal}`));
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  http.setGlobalProxyFromEnv();
  const printer = progressPrinter(process.stderr);
  try {
    const k6 = await ensureK6({ onProgress: printer.print, signal: interruption.signal });
    printer.end();
    if (k6.state === 'missing') {
      console.error(describeMissingK6(k6));
      return 1;
    }
    const notes = k6.source === 'PATH' || k6.source === 'cache' ? k6.skipped : [];
    for (const note of notes) console.error(`Passed over ${note}`);
    console.log(`k6 ${k6.version} from ${k6.source}: ${k6.path}`);
    return 0;
  } catch (error) {
    printer.end();
    if (interruption.signal.aborted) {
      console.error('Interrupted: nothing was installed.');
      return exitCode;
    }
    if (!(error instanceof UnusableK6BinError)) throw error;
    console.error(error.message);
    return 1;
  }
}

const args = process.argv.slice(2);
if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(help);
} else if (args.length > 0) {
  console.error(`Unknown argument "${args[0]}". This command takes none but --help.`);
  process.exitCode = 2;
} else {
  process.exitCode = await setup();
}
