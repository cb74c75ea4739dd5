import { StageName } from '@acceptbench/results/measurement';
import type { Drawing, StackRow } from '../model/chart.ts';
import { stageNames } from '../text/stage-name.ts';
import { axisStyle, legendHeight, textStyle, upTo } from './layout.ts';
import { stageFills } from './palette.ts';
import { toRowLayout } from './rows.ts';
import type { Plan, Sheet } from './svg.ts';

/** Stages of the mean as bars from left to right, a row for each cell. */
export function toStackOption(drawing: Extract<Drawing, { kind: 'stack' }>, sheet: Sheet): Plan {
  const { rows, axis } = drawing;
  const { paint, width } = sheet;
  const stages = StageName.options.filter((stage) =>
    rows.some((row) => row.segments.some((each) => each.stage === stage)),
  );
  const names = stages.map((stage) => stageNames[stage]);
  const top = legendHeight(names, width);
  const layout = toRowLayout(rows, sheet, top);
  return {
    height: layout.height,
    option: {
      textStyle: textStyle(paint),
      legend: {
        top: 0,
        left: 0,
        itemWidth: 16,
        itemHeight: 12,
        itemGap: 12,
        selectedMode: false,
        textStyle: textStyle(paint),
        data: names,
      },
      grid: layout.grid,
      xAxis: {
        type: 'value',
        ...axisStyle(paint, axis.title),
        nameGap: 26,
        min: 0,
        ...upTo(axis.max ?? 1),
      },
      yAxis: layout.axes,
      series: stages.map((stage) => ({
        type: 'bar',
        name: stageNames[stage],
        stack: 'response',
        barWidth: 16,
        data: rows.map((row) => lengthIn(row, stage)),
        itemStyle: fillOf(stage, sheet),
        silent: true,
      })),
    },
  };
}

function lengthIn(row: StackRow, stage: StageName): number {
  return row.segments.find((segment) => segment.stage === stage)?.value ?? 0;
}

function fillOf(stage: StageName, { paint }: Sheet) {
  const { colour, pattern } = stageFills[stage];
  const isHollow = colour === 'paper';
  const over = paint(isHollow ? 'muted' : 'paper');
  return {
    color: paint(colour),
    // Two pixels of paper keep neighbours apart; what is hollow has an outline.
    borderColor: paint(isHollow ? 'muted' : 'paper'),
    borderWidth: 1,
    ...(pattern === 'hatch'
      ? {
          decal: {
            symbol: 'rect',
            rotation: Math.PI / 4,
            dashArrayX: [1, 0],
            dashArrayY: [2, 5],
            color: over,
          },
        }
      : {}),
    ...(pattern === 'dots'
      ? {
          decal: {
            symbol: 'circle',
            symbolSize: 0.9,
            dashArrayX: [
              [4, 4],
              [0, 4, 4, 0],
            ],
            dashArrayY: [4, 0],
            color: over,
          },
        }
      : {}),
  };
}
