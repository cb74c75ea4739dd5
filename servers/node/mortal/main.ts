import { runServer } from '@acceptbench/server/lifecycle';
import { withMortalWorkers } from '@acceptbench/server/mortal';
import { platform } from '../src/platform.ts';
import { startThread } from '../src/threads.ts';

await runServer(withMortalWorkers(platform, () => startThread(new URL('./cpu.ts', import.meta.url))));
