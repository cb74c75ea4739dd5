import { styleText } from 'node:util';
import type { Command } from 'commander';
import { experiments } from '../experiments/catalogue.ts';
import { describeCells, describeCost, describeShape } from '../experiments/describe.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { loadExperiment } from '../experiments/load.ts';
import { fromWhereItWasTyped } from '../flags.ts';

/** `acceptbench list`: what there is to run. */
export function addListCommand(cli: Command): void {
  cli
    .command('list [experiment]')
    .description('show the experiments, or one in full: how to read it, its cells and rates')
    .option('--full', 'the cells of its full form (default: of the short one)', false)
    .action(async (name: string | undefined, { full }: { full: boolean }) => {
      if (name === undefined) list();
      else listOne(await loadExperiment(name, fromWhereItWasTyped), full ? 'full' : 'short');
    });
}

/** Every experiment: its name, how long it takes, and what it asks. */
function list(): void {
  const [first] = experiments;
  for (const experiment of experiments) {
    const { name, question, short, full } = experiment;
    console.log(`${bold(name)}${experiment === first ? ' (the default)' : ''}: ${describeCost(short)}`);
    if (full !== undefined) console.log(`  with --full: ${describeCost(full)}`);
    console.log(`${indent(question)}\n`);
  }
  console.log('acceptbench list <name> says how to read one, and shows its cells and rates.');
  console.log('One of your own is a .ts or .json file: acceptbench run --experiment ./mine.ts');
}

/** One experiment in full: its question, how to read it, and the cells of a form with their rates and times. */
function listOne({ name, question, howToRead, short, full }: Experiment, form: 'short' | 'full'): void {
  console.log(`${bold(name)}\n${indent(question)}\n\n${bold('How to read it')}\n${indent(howToRead)}\n`);
  for (const [title, shape] of [
    ['Short form', short],
    ['Full form (--full)', full],
  ] as const) {
    if (shape === undefined) continue;
    console.log(`${bold(title)}: ${describeCost(shape)}`);
    const facts = describeShape(shape);
    const width = Math.max(...facts.map(([what]) => what.length));
    for (const [what, says] of facts) console.log(`  ${what.padEnd(width)}  ${says}`);
    console.log('');
  }
  const shape = (form === 'full' ? full : short) ?? short;
  console.log(
    bold(`Cells of the ${shape === short ? 'short' : 'full'} form, with the rates and times of this machine`),
  );
  for (const line of describeCells(shape)) console.log(`  ${line}`);
}

const bold = (text: string) => styleText('bold', text, { stream: process.stdout });

/** Two spaces in, at most 78 columns. */
function indent(text: string): string {
  const lines: string[] = [];
  let line = ' ';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > 78) {
      lines.push(line);
      line = ' ';
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}
