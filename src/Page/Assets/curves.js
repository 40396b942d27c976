// Loss, accuracy, entropy and the time of a step, over the steps of the run.

import { createChart, tooltip, valueAxis } from './chart.js';
import { byId, element, fillWhenOpen, numbersTable, setText } from './elements.js';
import { count, loss, milliseconds, unknown } from './format.js';
import { withoutSteps } from './state.js';
import { colour } from './theme.js';

const mostRows = 40;
const fixed = (digits, unit) => value => value === null || value === undefined ? unknown : `${value.toFixed(digits)}${unit}`;

const curves = [
  { title: 'Loss', index: 1, colour: 'route', text: loss, axis: () => ({ min: 0 }) },
  {
    title: 'Training accuracy (%)', index: 2, colour: 'commit', text: fixed(1, ' %'),
    axis: (run, values) => {
      const min = Math.max(0, 10 * Math.floor(Math.min(99, ...values.filter(Number.isFinite)) / 10));
      return { min, max: 100, interval: (100 - min) / 2 };
    },
  },
  {
    title: 'Dispatch entropy (nats)', index: 3, colour: 'compute', text: fixed(3, ''), limit: run => run?.rows === 'cluster' && run.rowCount > 1 ? run.rowCount : null,
    axis: run => ({ min: 0, ...(run?.rows === 'cluster' && run.rowCount > 1 ? { max: Number((1.1 * Math.log(run.rowCount)).toFixed(1)) } : {}) }),
  },
  { title: 'Time of a step (ms)', index: 4, colour: 'dispatch', text: milliseconds, axis: () => ({ min: 0 }) },
];

export function curvesSection() {
  const host = byId('curves-charts');
  const shown = curves.map(curve => {
    const value = element('span', { text: unknown });
    const plot = element('div', { class: 'chart' });
    host.append(element('figure', { class: 'curve' }, element('div', { class: 'curve-head' }, element('h3', { text: curve.title }), value), plot));
    return { ...curve, value, chart: createChart(plot) };
  });
  let last = null;
  const fill = fillWhenOpen(byId('curves-table'), () => table(last));
  return {
    needs: ['curve', 'run'],
    render(state) {
      last = state;
      const { curve: { points, stride }, run } = state;
      setText(byId('curves-note'), points.length === 0 ? withoutSteps(run)
        : stride > 1 ? `Each point is the mean of ${count(stride)} steps.` : 'Each point is one step.');
      for (const one of shown) draw(one, points, run);
      fill();
    },
    describe({ curve: { points } }) {
      for (const one of shown) one.chart.describe(alternative(one, points));
    },
  };
}

function draw(one, points, run) {
  setText(one.value, one.text(points.at(-1)?.[one.index]));
  one.chart.draw(() => optionOf(one, points, run));
}

function optionOf({ title, index, colour: name, text, axis, limit }, points, run) {
  const clusters = limit?.(run) ?? null;
  return {
    grid: { left: 48, right: 12, top: 10, bottom: 26 },
    xAxis: valueAxis({
      min: 'dataMin', max: 'dataMax', minInterval: 1, splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: colour('strong') } },
      axisLabel: { hideOverlap: true, formatter: step => count(step), showMaxLabel: false },
    }),
    yAxis: valueAxis({ splitNumber: 3, axisLabel: { formatter: label }, ...axis(run, points.map(point => point[index])) }),
    tooltip: {
      trigger: 'axis', axisPointer: { type: 'line', lineStyle: { color: colour('strong') } },
      ...tooltip(([item]) => item ? `step ${count(item.value[0])}: <b>${text(item.value[1])}</b>` : ''),
    },
    series: [{
      type: 'line', name: title, showSymbol: points.length === 1, symbolSize: 6, sampling: 'lttb', emphasis: { disabled: true },
      lineStyle: { width: 1.75, color: colour(name) }, itemStyle: { color: colour(name) },
      data: points.map(point => [point[0], point[index]]),
      markLine: clusters === null ? { data: [] } : {
        symbol: 'none', silent: true, animation: false, lineStyle: { color: colour('strong'), type: 'dashed' },
        label: { position: 'insideEndTop', color: colour('muted'), fontSize: 12, formatter: `ln ${clusters}: nothing learned` }, data: [{ yAxis: Math.log(clusters) }],
      },
    }],
  };
}

const label = value => Math.abs(value) >= 10000 ? `${value / 1000}k` : String(Number(value.toPrecision(3)));

function alternative({ title, index, text }, points) {
  if (points.length === 0) return `${title}: no step yet`;
  const [first, last] = [points[0], points.at(-1)];
  return `${title}: ${text(first[index])} at step ${count(first[0])}, ${text(last[index])} at step ${count(last[0])}`;
}

function table(state) {
  const points = state?.curve.points ?? [];
  const every = Math.max(1, Math.ceil(points.length / mostRows));
  const rows = points.filter((_, index) => (points.length - 1 - index) % every === 0).reverse();
  return numbersTable('Loss, training accuracy, dispatch entropy and time of steps', ['Step', 'Loss', 'Accuracy', 'Entropy', 'Time'],
    rows.map(point => [count(point[0]), ...curves.map(({ index, text }) => text(point[index]))]));
}
