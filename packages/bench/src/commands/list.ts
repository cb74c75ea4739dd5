import { styleText } from 'node:util';
import { experiments } from '../experiments/catalogue.ts';
import { expectedSeconds } from '../experiments/duration.ts';
import type { Shape } from '../experiments/experiment.ts';
import { nominalCells } from '../experiments/nominal.ts';
import { counted, formatSeconds } from '../progress.ts';

/** Every experiment: its name, how long it takes, what it answers and how to read it. */
export function list(): void {
  const [first] = experiments;
  for (const experiment of experiments) {
    const { name, question, howToRead, short, full } = experiment;
    const title = styleText('bold', name, { stream: process.stdout });
    console.log(`${title}${experiment === first ? ' (the default)' : ''}: ${costOf(short)}`);
    if (full !== undefined) console.log(`  with --full: ${costOf(full)}`);
    console.log(`${indent(question)}\n${indent(howToRead)}\n`);
  }
}

/** `36 replicates in 3 blocks, about 4 min`, or the steps of a search at most. */
function costOf(shape: Shape): string {
  const cells = nominalCells(shape);
  const { design } = shape;
  const times = design.kind === 'blocks' ? design.blocks : design.maxSteps;
  const seconds = times * cells.reduce((sum, cell) => sum + expectedSeconds(cell), 0);
  const what =
    design.kind === 'blocks'
      ? `${counted(cells.length * times, 'replicate')} in ${counted(times, 'block')}, about`
      : `${counted(cells.length, 'search')} of ${times} steps at most, up to`;
  return `${what} ${formatSeconds(seconds)}`;
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
