import type { Colors } from '../theme/palette';

/** The axes that the charts over time have in common. */
export function axes(colors: Colors, unit: string, range: object) {
  const label = { color: colors.text, fontSize: 11, hideOverlap: true };
  return {
    animation: false,
    grid: { left: 44, right: 12, top: 34, bottom: 24 },
    textStyle: { fontFamily: 'inherit' },
    tooltip: {
      trigger: 'axis',
      backgroundColor: colors.surface,
      borderColor: colors.line,
      textStyle: { color: colors.text, fontSize: 12 },
    },
    xAxis: {
      type: 'time',
      axisLabel: { ...label, formatter: '{HH}:{mm}:{ss}' },
      axisLine: { lineStyle: { color: colors.line } },
      splitLine: { show: false },
      splitNumber: 4,
    },
    yAxis: {
      type: 'value',
      name: unit,
      nameTextStyle: { color: colors.text, align: 'right' },
      axisLabel: label,
      splitLine: { lineStyle: { color: colors.line } },
      ...range,
    },
  };
}
