import type { Drawing } from '../model/chart.ts';
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
  const colourOf = (index: number) => {
    const look = rows[index]?.look ?? null;
    return look === null ? paint('ink') : paint(look.family);
  };
  return {
    height: layout.height,
    option: {
      textStyle: textStyle(paint),
      grid: layout.grid,
      xAxis: {
        type: axis.scale === 'log' ? 'log' : 'value',
        ...axisStyle(paint, axis.title),
        nameGap: 26,
        ...(axis.min === undefined ? {} : { min: axis.min }),
        ...(axis.max === undefined ? {} : { max: axis.max }),
      },
      yAxis: layout.axes,
      series: [
        {
          type: 'custom',
          name: 'interval',
          silent: true,
          data: rows.flatMap(({ low, high }, index) =>
            low === null || high === null ? [] : [[low, high, index]],
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
              { name, xAxis: from, itemStyle: { color: paint('band') } },
              { xAxis: to },
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
                  data: [{ xAxis: reference }],
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
                  data: [[value, index]],
                  itemStyle: {
                    color: look?.isVariant === true ? paint('paper') : colourOf(index),
                    borderColor: colourOf(index),
                    borderWidth: 2,
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
                  data: [[mark, index]],
                  itemStyle: { color: paint('muted') },
                },
              ],
        ),
      ],
    },
  };
}
