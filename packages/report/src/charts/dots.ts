import type { Axis, Drawing } from '../model/chart.ts';
import { axisStyle, fontSize, textStyle } from './layout.ts';
import { shapes } from './palette.ts';
import { toRowLayout } from './rows.ts';
import type { Plan, Sheet } from './svg.ts';

/** A dot and its interval in each row, on one axis: ratios on a logarithmic one, never bars. */
export function toDotsOption(drawing: Extract<Drawing, { kind: 'dots' }>, sheet: Sheet): Plan {
  const { rows, axis, bands, reference } = drawing;
  const { paint } = sheet;
  const layout = toRowLayout(rows, sheet, bands.length > 0 ? 26 : 8);
  const shift = layout.isAbove ? 8 : 0;
  const scale = toScale(axis);
  const colourOf = (index: number) => {
    const look = rows[index]?.look ?? null;
    return look === null ? paint('ink') : paint(look.family);
  };
  return {
    height: layout.height,
    option: {
      textStyle: textStyle(paint),
      grid: layout.grid,
      xAxis: toAxis(axis, scale, sheet),
      yAxis: layout.axes,
      series: [
        {
          type: 'custom',
          name: 'interval',
          silent: true,
          data: rows.flatMap(({ low, high }, index) =>
            low === null || high === null ? [] : [[scale.of(low), scale.of(high), index]],
          ),
          encode: { x: [0, 1], y: 2 },
          renderItem: (_params, api) => {
            const [low, high, index] = [0, 1, 2].map((dimension) => Number(api.value(dimension)));
            const from = api.coord([low ?? 0, index ?? 0]);
            const to = api.coord([high ?? 0, index ?? 0]);
            const y = (from[1] ?? 0) + shift;
            const line = (x1: number, y1: number, x2: number, y2: number) => ({
              type: 'line' as const,
              shape: { x1, y1, x2, y2 },
              style: { stroke: colourOf(index ?? 0), lineWidth: 2 },
            });
            const [x1, x2] = [from[0] ?? 0, to[0] ?? 0];
            return {
              type: 'group' as const,
              children: [line(x1, y, x2, y), line(x1, y - 4, x1, y + 4), line(x2, y - 4, x2, y + 4)],
            };
          },
          markArea: {
            silent: true,
            label: { color: paint('muted'), fontSize: fontSize - 1, position: 'top' },
            data: bands.map(({ name, from, to }) => [
              { name, xAxis: scale.of(from), itemStyle: { color: paint('band') } },
              { xAxis: scale.of(to) },
            ]),
          },
          ...(reference === null
            ? {}
            : {
                markLine: {
                  silent: true,
                  symbol: 'none',
                  label: { show: false },
                  lineStyle: { color: paint('muted'), type: 'solid', width: 1 },
                  data: [{ xAxis: scale.of(reference) }],
                },
              }),
        },
        ...rows.flatMap(({ value, look }, index) =>
          value === null
            ? []
            : [
                {
                  type: 'scatter' as const,
                  silent: true,
                  symbol: look === null ? 'circle' : shapes[look.family].symbol,
                  symbolSize: 10,
                  symbolOffset: [0, shift],
                  data: [[scale.of(value), index]],
                  itemStyle: {
                    color: look?.isVariant === true ? paint('paper') : colourOf(index),
                    borderColor: colourOf(index),
                    borderWidth: 2,
                    opacity: 1,
                  },
                },
              ],
        ),
        ...rows.flatMap(({ mark }, index) =>
          mark === null
            ? []
            : [
                {
                  type: 'scatter' as const,
                  silent: true,
                  symbol: 'rect',
                  symbolSize: [3, 18],
                  symbolOffset: [0, shift],
                  data: [[scale.of(mark), index]],
                  itemStyle: { color: paint('muted') },
                },
              ],
        ),
      ],
    },
  };
}

/** An axis of ratios has its own round numbers, which ECharts' logarithmic axis has not: it is one of logarithms here. */
function toScale({ scale, min, max }: Axis) {
  if (scale === 'linear') return { of: (value: number) => value, ticks: null };
  const [low, high] = [min ?? 0.5, max ?? 2];
  return { of: Math.log, ticks: ratioTicks(low, high).map(Math.log) };
}

/** Round ratios between two, so many as can be read: 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2. */
function ratioTicks(low: number, high: number): number[] {
  const reach = Math.max(high, 1 / low);
  const above =
    reach < 1.25
      ? [1.05, 1.1, 1.15, 1.2]
      : reach < 2.5
        ? [1.25, 1.5, 2]
        : reach < 6
          ? [1.5, 2, 3, 5]
          : [2, 4, 8, 16];
  return [...above.map((each) => 1 / each).reverse(), 1, ...above].filter(
    (each) => each >= low && each <= high,
  );
}

function toAxis(axis: Axis, { of, ticks }: ReturnType<typeof toScale>, { paint }: Sheet) {
  const style = axisStyle(paint, axis.title);
  const limits = {
    ...(axis.min === undefined ? {} : { min: of(axis.min) }),
    ...(axis.max === undefined ? {} : { max: of(axis.max) }),
  };
  if (ticks === null) return { type: 'value' as const, ...style, nameGap: 26, ...limits };
  return {
    type: 'value' as const,
    ...style,
    ...limits,
    nameGap: 26,
    splitLine: { show: false },
    axisTick: { ...style.axisTick, customValues: ticks },
    axisLabel: {
      ...style.axisLabel,
      customValues: ticks,
      formatter: (value: number) => String(Number(Math.exp(value).toFixed(2))),
    },
  };
}
