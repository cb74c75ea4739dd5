/** The fault campaign's command line: see `help`. Exit codes: 0 all completed, 1 one was not, 2 a bad option. */
import { parseArgs } from 'node:util';
import { type Round, runCampaign } from './campaign.ts';

const help = `Usage: npm run campaign -w @acceptbench/bench -- [options]

Short runs whose runner, k6 or server is killed at a random moment, and which are then resumed until they are complete:
the results must hold each replicate once.

  --kills N   how many must have been killed, from 1 [50]
  --seed S    of the moments, from 0 [1]
  --help`;

function readOptions(): { kills: number; seed: number } | 'help' {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const [kills, seed] = [Number(values.kills), Number(values.seed)];
  if (!Number.isInteger(kills) || kills < 1)
    throw new Error(`--kills takes a whole number from 1; got ${values.kills}`);
  if (!Number.isInteger(seed) || seed < 0)
    throw new Error(`--seed takes a whole number from 0; got ${values.seed}`);
  return { kills, seed };
}

let options: ReturnType<typeof readOptions> = 'help';
try {
  options = readOptions();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error} (--help shows what is accepted)`);
  process.exit(2);
}
if (options === 'help') {
  console.log(help);
  process.exit(0);
}
const { kills, seed } = options;
const rounds = await runCampaign({
  kills,
  seed,
  onRound: (round, index) => console.log(inWords(round, index)),
});
const count = (of: (round: Round) => boolean) => rounds.filter(of).length;
const wrong = count((round) => round.wrong.length > 0);
console.log(
  `${rounds.length} runs, seed ${seed}: ${count(({ killedAtMs }) => killedAtMs !== null)} killed, ${count(({ ending }) => ending === 'anew')} of them before anything was saved; ${wrong} not completed as they must be`,
);
process.exitCode = wrong === 0 ? 0 : 1;

function inWords({ victim, killedAtMs, ending, resumes, wrong: faults }: Round, index: number): string {
  const when = killedAtMs === null ? 'was not there any more' : `killed after ${Math.round(killedAtMs)} ms`;
  return `${String(index + 1).padStart(2)}  ${victim.padEnd(6)} ${when}: ${ending}, taken up ${resumes} times${faults.map((fault) => `\n    WRONG: ${fault}`).join('')}`;
}
