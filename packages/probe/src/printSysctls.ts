// A program of its own, so that it can run inside a namespace: prints the settings that it has there.
import { readSysctls } from './host.ts';

process.stdout.write(JSON.stringify(readSysctls()));
