// Which expert gets whose samples: loads as bars, and below them the heat map of rows x experts.

import { overloadOf } from './alerts.js';
import { categoryAxis, createChart, setScrollWidth, tooltip, valueAxis } from './chart.js';
import { byId, fillWhenOpen, numbersTable, setStyle, setText } from './elements.js';
import { count, percent, plural, times } from './format.js';
import { withoutSteps } from './state.js';
import { colour, heatColours } from './theme.js';

const mostLabels = 16;
const mostRows = 64;
const pixelsOfExpert = 2;
const barsHeight = 110;
const between = 14;

export function dispatchSection(redraw) {
  const host = byId('dispatch-chart');
  const scroll = byId('dispatch-scroll');
  const chart = createChart(host);
  let last = null;
  const fill = fillWhenOpen(byId('dispatch-table'), () => table(last));
  new ResizeObserver(redraw).observe(scroll);
  return {
    needs: ['live', 'run'],
    render(state) {
      const { live, run } = last = state;
      if (!run?.experts) return;
      const row = run.rows === 'cluster' ? 'cluster' : 'shard';
      setText(byId('dispatch-note'), live ? noteOf(live, run) : withoutSteps(run));
      setText(byId('dispatch-caption'), `Colour: share of the ${row}'s samples in the last step that each expert gets. Bars: relative load; 1 is the even share.`);
      const rowHeight = Math.max(6, Math.min(34, 420 / Math.max(1, run.rowCount)));
      const height = barsHeight + between + rowHeight * run.rowCount + 60;
      setStyle(host, 'height', `${Math.round(height)}px`);
      setScrollWidth(scroll, host, run.experts > 64 ? run.experts * pixelsOfExpert + 90 : 0);
      chart.draw(() => optionOf(live, run, row, rowHeight, (host.clientWidth - 76) / run.experts));
      fill();
    },
    describe: ({ live, run }) => chart.describe(run?.experts && live ? `Dispatch of ${plural(run.rowCount, run.rows)} to ${plural(run.experts, 'expert')}. ${noteOf(live, run)}` : `Dispatch. ${withoutSteps(run)}`),
  };
}

function noteOf(live, run) {
  const order = live.load.map((load, expert) => ({ load, expert })).sort((a, b) => b.load - a.load).slice(0, 3).filter(({ load }) => load > 0);
  return `Step ${count(live.step)}. Most loaded: ${order.map(({ load, expert }) => `expert ${expert} (${times(load)})`).join(', ')}. `
    + `${live.idle === 1 ? '1 expert is' : `${count(live.idle)} of ${count(run.experts)} experts are`} idle.`;
}

/** A row's samples as shares of that row. */
const sharesOf = counts => counts.map(row => {
  const sum = row.reduce((total, samples) => total + samples, 0);
  return row.map(samples => sum ? samples / sum : 0);
});

function optionOf(live, run, row, rowHeight, cellWidth) {
  const experts = Array.from({ length: run.experts }, (_, expert) => String(expert));
  const rows = Array.from({ length: run.rowCount }, (_, index) => String(index));
  const load = live?.load ?? [];
  const isLabelled = run.experts <= mostLabels && cellWidth >= 26;
  const limit = overloadOf(run);
  const left = 64;
  const heatTop = 14 + barsHeight + between;
  return {
    grid: [{ left, right: 12, top: 14, height: barsHeight }, { left, right: 12, top: heatTop, height: rowHeight * run.rowCount }],
    xAxis: [
      categoryAxis(experts, { gridIndex: 0, axisLabel: { show: false } }),
      categoryAxis(experts, { gridIndex: 1, name: 'expert', nameLocation: 'middle', nameGap: 26 }),
    ],
    yAxis: [
      valueAxis({ gridIndex: 0, name: 'load', nameLocation: 'middle', nameGap: 38, min: 0, max: ({ max }) => Math.max(2, Math.ceil(1.15 * max)), splitNumber: 2, minInterval: 1 }),
      categoryAxis(rows, { gridIndex: 1, inverse: true, name: row, nameLocation: 'middle', nameGap: 34 }),
    ],
    visualMap: { show: false, type: 'continuous', min: 0, max: 1, dimension: 2, seriesIndex: 1, inRange: { color: heatColours() } },
    tooltip: { trigger: 'item', ...tooltip(item => tip(item, row, live)) },
    series: [
      {
        type: 'bar', xAxisIndex: 0, yAxisIndex: 0, barCategoryGap: run.experts > 64 ? '0%' : '25%', barMinHeight: 1, emphasis: { disabled: true },
        label: { show: isLabelled, position: 'top', distance: 3, color: colour('text'), backgroundColor: colour('surface'), padding: [1, 3], fontSize: 12, formatter: ({ value }) => value === 0 ? 'idle' : times(value) },
        data: load.map(value => ({ value, itemStyle: { color: colour(value > limit ? 'overload' : 'load') } })),
        markLine: { z: 1, symbol: 'none', silent: true, animation: false, lineStyle: { color: colour('strong'), type: 'dashed' }, label: { show: false }, data: [{ yAxis: 1 }] },
      },
      {
        type: 'heatmap', xAxisIndex: 1, yAxisIndex: 1, progressive: 0, emphasis: { disabled: true },
        itemStyle: { borderWidth: cellWidth > 12 && rowHeight > 12 ? 1 : 0, borderColor: colour('surface') },
        label: { show: isLabelled && rowHeight >= 18, fontSize: 12, formatter: ({ value }) => value[2] >= 0.005 ? Math.round(100 * value[2]) : '' },
        data: heatData(live, isLabelled),
      },
    ],
  };
}

function heatData(live, isLabelled) {
  const cells = [];
  sharesOf(live?.counts ?? []).forEach((row, y) => row.forEach((share, x) => {
    const value = [x, y, share];
    cells.push(isLabelled ? { value, label: { color: colour(share < 0.55 ? 'text' : 'surface') } } : value);
  }));
  return cells;
}

function tip({ seriesIndex, dataIndex, value }, row, live) {
  if (seriesIndex === 0) return `expert ${dataIndex}: <b>${times(live.load[dataIndex])}</b> of the even share`;
  return `${row} ${value[1]}, expert ${value[0]}: <b>${percent(value[2], 1)}</b> (${count(live.counts[value[1]]?.[value[0]])})`;
}

function table(state) {
  const { live, run } = state ?? {};
  if (!live || !run?.experts) return document.createTextNode(withoutSteps(run));
  const experts = live.load.map((_, expert) => expert);
  const shown = experts.length <= mostRows ? experts : experts.sort((a, b) => live.load[b] - live.load[a]).slice(0, mostRows);
  const which = shown.length < live.load.length ? `the ${mostRows} most loaded experts` : 'every expert';
  const made = numbersTable(`Samples of ${which} in step ${count(live.step)}, by ${run.rows}`, ['Expert', 'Load', ...live.counts.map((_, index) => `${run.rows} ${index}`)],
    shown.map(expert => [`${expert}`, times(live.load[expert]), ...live.counts.map(row => count(row[expert]))]));
  made.caption.className = 'caption';
  return made;
}
