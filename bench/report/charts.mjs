import * as echarts from 'echarts';
import { cellOf, ratioToFloor, valueOf } from '../measure/results.mjs';
import { entryName } from './text.mjs';

/**
 * Charts as SVG, drawn without a browser.
 *
 * @typedef {import('../measure/results.mjs').DimensionResults} DimensionResults
 * @typedef {import('../measure/dimension.mjs').View} View
 */

const WIDTH = 960;
const HEIGHT = 430;
/** From here on small bars could not be told apart. */
const LOG_FROM = 12;

/** The same one for a contestant in every chart; further formats are lighter. @type {Record<string, string>} */
const COLORS = {
  rxwamp: '#d6336c',
  floor: '#868e96',
  'floor-rx': '#adb5bd',
  'floor-cbor-x': '#ced4da',
  'floor-send': '#adb5bd',
  'floor-once': '#ced4da',
  'floor-corked': '#868e96',
  socket: '#dee2e6',
  autobahn: '#1c7ed6',
  wampy: '#37b24d',
  wamprx: '#f59f00',
  thruway: '#7048e8',
  'fox-wamp': '#1098ad',
  'wamp.rt': '#ae3ec9',
  crossbar: '#f76707',
};
const OPACITY = { json: 1, msgpack: 0.7, cbor: 0.45 };

/** @param {DimensionResults} dimension @param {View} view */
export const chartName = ({ id }, { metric }) => `${id}-${metric}.svg`;

/**
 * @param {DimensionResults} dimension
 * @param {View} view
 * @returns {string} SVG
 */
export function drawChart(dimension, view) {
  // Where sizes differ a hundredfold, only the comparison with the floor fits into one picture.
  const compares = view.chart === 'bars' && view.ratio !== false && dimension.columns.length > 1;
  const entries = dimension.entries.filter(({ contestant, serializer }) => {
    const isCommon = serializer === 'json' || contestant === 'rxwamp' || contestant === dimension.floor;
    return isCommon && !(compares && contestant === dimension.floor);
  });
  const columns = dimension.columns.filter((column) =>
    dimension.cells.some((cell) => cell.column === column && cell.contestant === 'rxwamp'),
  );
  const series = entries.map((entry) => ({
    entry,
    values: columns.map((column) => {
      const cell = cellOf(dimension, entry.contestant, entry.serializer, column);
      if (cell === undefined) return undefined;
      return compares ? ratioToFloor(dimension, cell, view.metric) : valueOf(cell, view.metric);
    }),
  }));
  const present = series.filter(({ values }) => values.some((value) => value !== undefined));
  const all = present.flatMap(({ values }) => values.filter((value) => value !== undefined && value > 0));
  const isLog =
    view.log === true ||
    Math.max(.../** @type {number[]} */ (all)) > LOG_FROM * Math.min(.../** @type {number[]} */ (all));
  /** @param {string} name */
  const formatsOf = (name) => present.filter(({ entry }) => entry.contestant === name).length;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    title: {
      text: `${dimension.title}: ${view.title}`,
      subtext: compares ? 'times the floor of the same format; less is better' : `${view.unit}; less is better`,
      left: 16,
      top: 10,
      textStyle: { fontSize: 15 },
    },
    legend: { top: 58, left: 16, right: 16, itemGap: 20, itemWidth: 14, itemHeight: 10, textStyle: { fontSize: 11 } },
    grid: { left: 60, right: 24, top: 112, bottom: 34 },
    xAxis: { type: 'category', data: columns, axisTick: { show: false } },
    yAxis: {
      type: isLog ? 'log' : 'value',
      splitLine: { lineStyle: { color: '#f1f3f5' } },
      axisLabel: {
        formatter: (/** @type {number} */ value) => `${value.toLocaleString('en-US')}${compares ? '×' : ''}`,
      },
      ...(isLog && { min: 10 ** Math.floor(Math.log10(Math.min(.../** @type {number[]} */ (all)))) }),
    },
    series: present.map(({ entry, values }, at) => ({
      name: entryName(dimension, entry, { withFormat: formatsOf(entry.contestant) > 1 }),
      type: view.chart === 'lines' ? /** @type {const} */ ('line') : /** @type {const} */ ('bar'),
      data: values.map((value) => value ?? '-'),
      barMaxWidth: 26,
      barGap: '8%',
      symbolSize: 6,
      lineStyle: { width: entry.contestant === 'rxwamp' ? 3 : 1.5 },
      itemStyle: { color: COLORS[entry.contestant] ?? '#495057', opacity: OPACITY[entry.serializer] },
      ...(compares && at === 0 && { markLine: FLOOR_LINE }),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

const FLOOR_LINE = {
  silent: true,
  symbol: 'none',
  label: { formatter: 'floor', position: /** @type {const} */ ('insideEndTop'), fontSize: 10 },
  lineStyle: { color: '#495057', type: /** @type {const} */ ('dashed') },
  data: [{ yAxis: 1 }],
};
