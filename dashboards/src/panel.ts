import * as common from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** The data source that the dashboard's variable names. */
export const datasource = { type: 'prometheus', uid: '$datasource' } as const;

export interface Line {
  readonly expr: string;
  /** Its name in the legend: `{{label}}` for each label by which its series differ, and for no other. */
  readonly legend: string;
  readonly color?: string;
  /** A limit, or what was aimed at, is dashed. */
  readonly dashed?: true;
}

export interface TimeSeries {
  readonly title: string;
  /** What is shown, from which source, and what it can't show. */
  readonly description: string;
  readonly unit: string;
  readonly lines: readonly Line[];
  /** Adds the lines up: for means only, since percentiles do not add. */
  readonly stacked?: true;
  /** Fixes the top of the axis, where there is one: 1 for a share. */
  readonly max?: number;
  readonly width?: number;
  /** Repeats the panel for each value of this variable, side by side. */
  readonly repeat?: string;
  /** An expression whose value the axis is to reach in each repetition, so that all have the same. */
  readonly sharedAxis?: string;
}

const refId = (index: number) => String.fromCharCode(65 + index);
const axisRefId = 'Axis';

/** A panel of lines over time, with the defaults that all of them have. */
export function timeSeries(options: TimeSeries): PanelBuilder {
  const { title, description, unit, lines, stacked, max, width = 12, repeat, sharedAxis } = options;
  const panel = new PanelBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .unit(unit)
    .min(0)
    .height(8)
    .span(width)
    .lineWidth(1)
    .fillOpacity(stacked === true ? 60 : 0)
    .showPoints(common.VisibilityMode.Auto)
    .pointSize(4)
    // A scrape that is missing is a gap in the line: nothing is drawn where nothing was measured.
    .spanNulls(false)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.None),
    );
  if (max !== undefined) panel.max(max);
  if (stacked === true) panel.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal));
  if (repeat !== undefined) panel.repeat(repeat).repeatDirection('h').maxPerRow(3);
  lines.forEach((line, index) => {
    panel.withTarget(query(refId(index), line).range());
    const properties = lineStyle(line);
    if (properties.length > 0) panel.overrideByQuery(refId(index), properties);
  });
  if (sharedAxis !== undefined) {
    panel.withTarget(query(axisRefId, { expr: sharedAxis, legend: 'highest of all' }).range());
    panel.overrideByQuery(axisRefId, invisible);
  }
  return panel;
}

/** On the axis, and seen nowhere: a series that is hidden would not count for the axis. */
const invisible: DynamicConfigValue[] = [
  { id: 'custom.lineWidth', value: 0 },
  { id: 'custom.fillOpacity', value: 0 },
  { id: 'custom.showPoints', value: 'never' },
  { id: 'custom.stacking', value: { mode: 'none', group: 'axis' } },
  { id: 'custom.hideFrom', value: { viz: false, legend: true, tooltip: true } },
];

function lineStyle({ color, dashed }: Line): DynamicConfigValue[] {
  return [
    ...(color === undefined ? [] : [{ id: 'color', value: { mode: 'fixed', fixedColor: color } }]),
    ...(dashed === undefined
      ? []
      : [
          { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
          { id: 'custom.fillOpacity', value: 0 },
          { id: 'custom.stacking', value: { mode: 'none', group: 'limit' } },
        ]),
  ];
}

function query(ref: string, { expr, legend }: Line): DataqueryBuilder {
  return new DataqueryBuilder().refId(ref).datasource(datasource).expr(expr).legendFormat(legend);
}

interface Column {
  readonly title: string;
  readonly unit: string;
  readonly decimals: number;
  readonly expr: string;
}

interface Table {
  readonly title: string;
  readonly description: string;
  /** Labels that name a row: every column's series have these and no others. */
  readonly rows: readonly string[];
  readonly columns: readonly Column[];
}

/** A table with a row for each combination of labels and a column for each expression, as they stand at the end of the time shown. */
export function table({ title, description, rows, columns }: Table): TableBuilder {
  const panel = new TableBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .height(10)
    .span(24)
    .cellHeight(common.TableCellHeight.Sm)
    .filterable(true);
  columns.forEach(({ expr, title: name, unit, decimals }, index) => {
    panel.withTarget(query(refId(index), { expr, legend: name }).instant().format(PromQueryFormat.Table));
    // The data source names a table's figures after their query.
    panel.overrideByName(name, [
      { id: 'unit', value: unit },
      { id: 'decimals', value: decimals },
    ]);
  });
  return panel.withTransformation({ id: 'merge', options: {} }).withTransformation({
    id: 'organize',
    options: {
      excludeByName: { Time: true },
      indexByName: Object.fromEntries([
        ...rows.map((label, index) => [label, index]),
        ...columns.map((_, index) => [`Value #${refId(index)}`, rows.length + index]),
      ]),
      renameByName: Object.fromEntries(
        columns.map(({ title: name }, index) => [`Value #${refId(index)}`, name]),
      ),
    },
  });
}
