import { styleText } from 'node:util';
import { experiments } from '../experiments/catalogue.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { expectedSeconds, toCells } from '../plan.ts';
import { counted, formatSeconds } from '../progress.ts';

/** Every experiment: its name, how long it takes, what it answers and how to read it. */
export function list(): void {
  const [first] = experiments;
  for (const experiment of experiments) {
    const { name, blocks, question, howToRead } = experiment;
    const title = styleText('bold', name, { stream: process.stdout });
    console.log(
      `${title}${experiment === first ? ' (the default)' : ''}: ${counted(replicatesOf(experiment), 'replicate')} in ${counted(blocks, 'block')}, about ${formatSeconds(durationOf(experiment))}`,
    );
    console.log(`${indent(question)}\n${indent(howToRead)}\n`);
  }
}

// A plan made with a nominal calibration: the rates differ on another machine, the times do not.
const cellsOf = (experiment: Experiment) =>
  toCells(
    experiment,
    { ...experiment.work, iterations: 1, medianMs: experiment.work.targetMs, iqrMs: 0, n: 1 },
    1,
  );

function replicatesOf(experiment: Experiment): number {
  return cellsOf(experiment).length * experiment.blocks;
}

function durationOf(experiment: Experiment): number {
  return experiment.blocks * cellsOf(experiment).reduce((sum, cell) => sum + expectedSeconds(cell), 0);
}

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
