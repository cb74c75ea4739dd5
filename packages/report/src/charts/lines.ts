import type { Axis, Drawing, Line, LinePanel, Look } from '../model/chart.ts';
import { axisStyle, cut, fontSize, legendHeight, narrowBelow, textStyle, upTo } from './layout.ts';
import { roles, shapes } from './palette.ts';
import type { Plan, Sheet } from './svg.ts';

type Lines = Extract<Drawing, { kind: 'lines' }>;

const panelHeight = 170;
const titleHeight = 22;
const axisHeight = 48;

/** Lines in one or more panels that share both axes. */
export function toLinesOption(drawing: Lines, sheet: Sheet): Plan {
  const { paint, width } = sheet;
  const { panels } = drawing;
  const names = [...new Set(panels.flatMap(({ lines }) => lines.map(({ name }) => name)))];
  const legend = legendHeight(names, width);
  const columns = Math.min(panels.length, width < narrowBelow ? 1 : 3);
  const rowsOfPanels = Math.ceil(panels.length / columns);
  const cellHeight = titleHeight + panelHeight + axisHeight;
  const left = 48;
  const gap = 56;
  const panelWidth = Math.floor((width - left - 10 - gap * (columns - 1)) / columns);
  const place = (index: number) => ({
    left: left + (index % columns) * (panelWidth + gap),
    top: legend + Math.floor(index / columns) * cellHeight + titleHeight,
  });
  return {
    height: legend + rowsOfPanels * cellHeight,
    option: {
      textStyle: textStyle(paint),
      legend: {
        top: 0,
        left: 0,
        itemWidth: 22,
        itemHeight: 9,
        itemGap: 12,
        selectedMode: false,
        textStyle: textStyle(paint),
        data: names,
      },
      title: panels.map(({ title }, index) => ({
        text: cut(title, Math.floor((panelWidth + gap - 8) / 7)),
        left: place(index).left,
        top: place(index).top - titleHeight,
        textStyle: { color: paint('ink'), fontSize, fontWeight: 'bold' as const },
        padding: 0,
      })),
      grid: panels.map((_, index) => ({ ...place(index), width: panelWidth, height: panelHeight })),
      xAxis: panels.map((_, index) => toAxis(drawing, 'x', index, sheet)),
      yAxis: panels.map((_, index) => toAxis(drawing, 'y', index, sheet)),
      series: panels.flatMap((panel, index) =>
        toSeries(drawing.isPercentile === true ? toLogarithms(panel) : panel, index, drawing.y, sheet),
      ),
    },
  };
}

function toAxis(drawing: Lines, which: 'x' | 'y', gridIndex: number, { paint }: Sheet) {
  const { title, scale, min, max } = drawing[which];
  const style = axisStyle(paint, title);
  if (which === 'x' && drawing.isPercentile === true) return percentileAxis(style, gridIndex);
  return {
    type: scale === 'log' ? ('log' as const) : ('value' as const),
    gridIndex,
    ...style,
    nameGap: which === 'x' ? 26 : 36,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : scale === 'log' ? { max } : upTo(max, min)),
  };
}

/** Percentiles by 1 / (1 − p) on a logarithmic axis, so that each nine is as wide: 100 is p99. */
function percentileAxis(style: ReturnType<typeof axisStyle>, gridIndex: number) {
  const [from, to] = [Math.log10(2), 3];
  const ticks = [from, 1, 2, to];
  const label = (exponent: number) => `p${Number((100 * (1 - 10 ** -exponent)).toPrecision(4))}`;
  return {
    ...style,
    type: 'value' as const,
    gridIndex,
    nameGap: 26,
    min: from,
    max: to,
    splitLine: { show: false },
    axisTick: { ...style.axisTick, customValues: ticks },
    axisLabel: { ...style.axisLabel, customValues: ticks, formatter: label },
  };
}

function toSeries(panel: LinePanel, index: number, y: Axis, sheet: Sheet) {
  const { paint } = sheet;
  const at = { xAxisIndex: index, yAxisIndex: index };
  const drawn = panel.lines.flatMap((line) => [toLine(line, at, sheet), ...toRanges(line, at, y, sheet)]);
  const marks = {
    type: 'line' as const,
    ...at,
    silent: true,
    data: [],
    markLine: {
      silent: true,
      symbol: 'none',
      lineStyle: { color: paint('bad'), type: roles.limit.line, width: 1.5 },
      label: {
        position: 'insideEndTop' as const,
        color: paint('bad'),
        fontSize: fontSize - 1,
        formatter: '{b}',
      },
      data: panel.levels.map(({ name, value }) => ({ name, yAxis: value })),
    },
    markArea: {
      silent: true,
      itemStyle: { color: paint('band') },
      label: { color: paint('muted'), fontSize: fontSize - 1, position: 'insideTop' as const },
      data: panel.shaded.map(({ from, to, name }): [object, object] => [
        { name, xAxis: from },
        { xAxis: to },
      ]),
    },
  };
  const ticks = {
    type: 'scatter' as const,
    ...at,
    silent: true,
    symbol: 'rect',
    symbolSize: [2, 8],
    symbolOffset: [0, -4],
    itemStyle: { color: paint('bad') },
    data: panel.ticks.map((x) => [x, 0]),
  };
  return [marks, ...drawn, ...(panel.ticks.length === 0 ? [] : [ticks])];
}

/** The points where a percentile axis, which is one of logarithms, has them. */
function toLogarithms(panel: LinePanel): LinePanel {
  const lines = panel.lines.map((line) => ({
    ...line,
    points: line.points.map(([x, ...rest]) => [Math.log10(x), ...rest] as const),
  }));
  return { ...panel, lines };
}

type At = { readonly xAxisIndex: number; readonly yAxisIndex: number };

function toLine(line: Line, at: At, { paint }: Sheet) {
  const { colour, dash, symbol, isHollow, lineWidth } = styleOf(line.look);
  return {
    type: 'line' as const,
    ...at,
    name: line.name,
    silent: true,
    data: line.points.map(([x, y]) => [x, y]),
    showSymbol: line.hasSymbols === true,
    symbol,
    symbolSize: 8,
    lineStyle: {
      color: paint(colour),
      type: line.isDense === true ? ('solid' as const) : dash,
      width: line.isDense === true ? 1.5 : lineWidth,
    },
    itemStyle: {
      color: paint(isHollow ? 'paper' : colour),
      borderColor: paint(colour),
      borderWidth: 2,
      // A legend shows a symbol in any case: where the line has none, it is not to be seen.
      opacity: line.hasSymbols === true ? 1 : 0,
    },
  };
}

/** The ranges of points that have one, as vertical lines. */
function toRanges(line: Line, at: At, y: Axis, { paint }: Sheet) {
  // A logarithmic axis has no place for 0.
  const least = y.scale === 'log' ? (y.min ?? Number.MIN_VALUE) : Number.NEGATIVE_INFINITY;

  const ranged = line.points.flatMap(([x, , low, high]) =>
    low === undefined || high === undefined ? [] : [[x, Math.max(least, low), Math.max(least, high)]],
  );
  if (ranged.length === 0) return [];
  const stroke = paint(styleOf(line.look).colour);
  return [
    {
      type: 'custom' as const,
      ...at,
      silent: true,
      data: ranged,
      encode: { x: 0, y: [1, 2] },
      renderItem: (
        _params: unknown,
        api: { value(dimension: number): number | string; coord(point: number[]): number[] },
      ) => {
        const [x, low, high] = [0, 1, 2].map((dimension) => Number(api.value(dimension)));
        const from = api.coord([x ?? 0, low ?? 0]);
        const to = api.coord([x ?? 0, high ?? 0]);
        return {
          type: 'line' as const,
          shape: { x1: from[0] ?? 0, y1: from[1] ?? 0, x2: to[0] ?? 0, y2: to[1] ?? 0 },
          style: { stroke, lineWidth: 2 },
        };
      },
    },
  ];
}

function styleOf(look: Line['look']) {
  if (typeof look === 'string') {
    const { colour, line } = roles[look];
    return { colour, dash: line, symbol: 'none', isHollow: false, lineWidth: 1.5 };
  }
  return { ...runtimeStyle(look), lineWidth: look.isVariant ? 1.5 : 2 };
}

function runtimeStyle({ family, isVariant }: Look) {
  const { symbol, line } = shapes[family];
  return { colour: family, dash: line, symbol, isHollow: isVariant } as const;
}
