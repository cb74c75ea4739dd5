/** `npm run campaign -w @acceptbench/bench`: fifty runs killed at random moments. `-- --kills 10 --seed 3` for others. */
import { parseArgs } from 'node:util';
import { type Round, runCampaign } from './campaign.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } },
});
const [kills, seed] = [Number(values.kills), Number(values.seed)];
if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed) || seed < 0) {
  console.error('--kills takes a whole number from 1, --seed one from 0');
  process.exit(2);
}
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
