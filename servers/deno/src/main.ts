import { runServer } from '@acceptbench/server/lifecycle';
import { platform } from './platform.ts';

await runServer(platform);
