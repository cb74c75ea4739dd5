/** `acceptbench probe` and no other command: what an image of the probe holds. */
import { Command } from 'commander';
import { addProbeCommand } from './commands/probe.ts';
import { runCommand } from './runCommand.ts';

const cli = new Command('acceptbench').exitOverride().showHelpAfterError('(--help shows what is accepted)');
addProbeCommand(cli);
await runCommand(async () => cli);
