// Each expert: its load, how busy it is, and what its calls wait for.

import { overloadOf } from './alerts.js';
import { categoryAxis, createChart, setScrollWidth, tooltip, valueAxis } from './chart.js';
import { byId, element, setAttribute, setChildren, setClass, setStyle, setText } from './elements.js';
import { count, escapeHtml, milliseconds, percent, times, unknown } from './format.js';
import { withoutSteps } from './state.js';
import { colour } from './theme.js';

const mostRows = 64;
const pixelsOfExpert = 2;
const sortMilliseconds = 3000;

const parts = [
  { name: 'Commit wait', field: 'commitWait', colour: 'commit-wait', about: 'until the step before was committed' },
  { name: 'Queue', field: 'queue', colour: 'queue', about: 'until a compute thread was free' },
  { name: 'Compute', field: 'compute', colour: 'compute', about: 'the computation of a dispatch' },
  { name: 'Commit', field: 'commit', colour: 'commit', about: 'applying the gradients' },
];

const columns = [
  { name: 'Expert', value: row => row.expert },
  { name: 'Silo', value: row => row.silo ?? '', text: row => row.silo ?? unknown },
  { name: 'Load', value: row => row.load, text: row => times(row.load), meter: (row, most) => row.load / most },
  { name: 'Utilisation', value: row => row.utilisation, text: row => percent(row.utilisation), meter: row => row.utilisation },
  { name: 'Samples', value: row => row.samples, text: row => count(row.samples) },
  ...parts.map(({ name, field }) => ({ name, value: row => row[field], text: row => milliseconds(row[field]) })),
];

export function expertsSection(redraw) {
  const host = byId('experts-chart');
  const scroll = byId('experts-scroll');
  const chart = createChart(host);
  byId('experts-legend').append(...parts.map(({ name, about, colour: key }) =>
    element('li', {}, element('span', { class: 'key', style: `background: var(--${key})` }), `${name}: ${about}`)));
  const table = createTable(redraw);
  new ResizeObserver(redraw).observe(scroll);
  return {
    needs: ['live', 'run', 'topology'],
    render({ live, run, topology }) {
      if (!run?.experts) return;
      const rows = rowsOf(live, run, topology);
      setText(byId('experts-note'), live ? noteOf(rows) : withoutSteps(run));
      setScrollWidth(scroll, host, run.experts > 64 ? pixelsOfExpert * run.experts + 90 : 0);
      chart.draw(() => optionOf(rows));
      table(rows, run);
    },
    describe: ({ live, run, topology }) => chart.describe(live && run?.experts
      ? `Mean time of a dispatch and of a commit of each expert. ${noteOf(rowsOf(live, run, topology))} The numbers are in the table below.` : `Time of dispatches and commits. ${withoutSteps(run)}`),
  };
}

function rowsOf(live, run, topology) {
  return Array.from({ length: run.experts }, (_, expert) => {
    const row = { expert, silo: topology?.experts[expert] ?? null };
    for (const field of ['load', 'utilisation', 'samples', ...parts.map(part => part.field)]) row[field] = live?.[field]?.[expert] ?? null;
    return row;
  });
}

const timeOf = row => parts.reduce((sum, { field }) => sum + (row[field] ?? 0), 0);

function noteOf(rows) {
  const slowest = rows.reduce((a, b) => timeOf(b) > timeOf(a) ? b : a);
  const busiest = rows.reduce((a, b) => (b.utilisation ?? 0) > (a.utilisation ?? 0) ? b : a);
  if (timeOf(slowest) === 0) return 'No expert has answered a call since the last message.';
  const most = parts.reduce((a, b) => (slowest[b.field] ?? 0) > (slowest[a.field] ?? 0) ? b : a);
  return `Slowest: expert ${slowest.expert}, ${milliseconds(timeOf(slowest))} for a dispatch and a commit, most of it ${most.name.toLowerCase()}.`
    + (busiest.utilisation ? ` Busiest: expert ${busiest.expert}, which computes ${percent(busiest.utilisation)} of the time.` : '');
}

function optionOf(rows) {
  return {
    grid: { left: 64, right: 12, top: 12, bottom: 44 },
    xAxis: categoryAxis(rows.map(row => String(row.expert)), { name: 'expert', nameLocation: 'middle', nameGap: 28 }),
    yAxis: valueAxis({ name: 'ms', nameLocation: 'middle', nameGap: 42, min: 0, splitNumber: 3 }),
    tooltip: {
      trigger: 'axis', axisPointer: { type: 'shadow' },
      ...tooltip(items => `expert ${items[0]?.dataIndex}<br>${items.map(item => `${item.marker} ${escapeHtml(item.seriesName)}: <b>${milliseconds(item.value)}</b>`).join('<br>')}`),
    },
    series: parts.map(({ name, field, colour: key }) => ({
      type: 'bar', stack: 'time', name, barCategoryGap: rows.length > 64 ? '0%' : '35%', barMaxWidth: 48, emphasis: { disabled: true },
      itemStyle: { color: colour(key) }, data: rows.map(row => row[field]),
    })),
  };
}

function createTable(redraw) {
  const table = byId('experts-table');
  const all = byId('experts-all');
  const body = element('tbody');
  let sort = null;
  let order = { at: -sortMilliseconds, experts: [] };
  const resort = () => {
    order.at = -sortMilliseconds;
    redraw();
  };
  const heads = columns.map((column, index) => element('th', { scope: 'col', class: index > 3 ? 'number' : null }, element('button', {
    type: 'button', text: column.name,
    onclick: () => {
      sort = sort?.index === index ? { index, isDescending: !sort.isDescending } : { index, isDescending: index > 1 };
      resort();
    },
  })));
  table.append(element('caption', { class: 'hidden', text: 'Load, utilisation and times of each expert; a button in a header sorts by it' }), element('thead', {}, element('tr', {}, ...heads)), body);
  all.addEventListener('click', () => {
    setAttribute(all, 'aria-pressed', all.getAttribute('aria-pressed') !== 'true');
    resort();
  });

  return (rows, run) => {
    sort ??= rows.length > mostRows ? { index: 2, isDescending: true } : { index: 0, isDescending: false };
    const showAll = all.getAttribute('aria-pressed') === 'true';
    all.hidden = rows.length <= mostRows;
    setText(all, `Show all ${count(rows.length)}`);
    setText(byId('experts-table-title'), rows.length <= mostRows || showAll ? 'Each expert' : `The ${mostRows} most loaded experts`);
    heads.forEach((head, index) => setAttribute(head, 'aria-sort', sort.index !== index ? null : sort.isDescending ? 'descending' : 'ascending'));
    // Rows that change places with every message could not be read: the order follows every few seconds.
    if (performance.now() - order.at >= sortMilliseconds || order.length !== rows.length) {
      order = { at: performance.now(), length: rows.length, experts: sorted(rows, sort, showAll) };
    }
    const limit = overloadOf(run);
    const most = Math.max(2, ...rows.map(row => row.load ?? 0));
    setChildren(body, order.experts, expert => expert, createRow, (item, expert) => updateRow(item, rows[expert], limit, most));
  };
}

function sorted(rows, { index, isDescending }, showAll) {
  const { value } = columns[index];
  const shown = showAll || rows.length <= mostRows ? [...rows] : [...rows].sort((a, b) => (b.load ?? 0) - (a.load ?? 0)).slice(0, mostRows);
  const compare = (a, b) => typeof a === 'string' ? a.localeCompare(b, 'en', { numeric: true }) : (a ?? -1) - (b ?? -1);
  return shown.sort((a, b) => (isDescending ? -1 : 1) * compare(value(a), value(b)) || a.expert - b.expert).map(row => row.expert);
}

function createRow() {
  return element('tr', {}, element('th', { scope: 'row' }), ...columns.slice(1).map(({ meter }, index) => meter
    ? element('td', {}, element('span', { class: 'metered' }, element('span', { class: 'meter', 'aria-hidden': 'true' }, element('span')), element('b'),
      index === 1 ? element('span', { class: 'flag' }) : null))
    : element('td', { class: index > 2 ? 'number' : null })));
}

function updateRow(item, row, limit, most) {
  const isOver = row.load > limit;
  setClass(item, isOver ? 'is-over' : row.load === 0 ? 'is-idle' : '');
  columns.forEach((column, index) => {
    const cell = item.children[index];
    if (!column.meter) {
      setText(cell, column.text ? column.text(row) : String(row.expert));
      return;
    }
    const [meter, value, flag] = cell.firstChild.children;
    setStyle(meter.firstChild, 'width', `${(100 * Math.min(1, column.meter(row, most) || 0)).toFixed(1)}%`);
    setText(value, column.text(row));
    if (!flag) return;
    setClass(meter.firstChild, isOver ? 'over' : '');
    setText(flag, isOver ? 'overloaded' : row.load === 0 ? 'idle' : '');
  });
}
