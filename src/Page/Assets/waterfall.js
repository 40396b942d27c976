// The waterfall of one traced step: routes, their dispatches with the computation inside, and commits.

import { byId, element, setAttribute, setChildren, setText } from './elements.js';
import { count, milliseconds, plural, timeOfDay, unknown } from './format.js';
import { isActive, withoutSteps } from './state.js';

const mostRows = 60;
const keys = [['route', 'route'], ['dispatch', 'dispatch'], ['compute', 'compute, inside its dispatch'], ['commit', 'commit']];
const words = { sampled: 'sampled', slow: 'slow', failed: 'failed' };

export function waterfallSection(redraw) {
  const select = byId('trace');
  const all = byId('trace-all');
  const table = byId('waterfall');
  const body = element('tbody');
  const axis = element('span', { class: 'axis' }, ...[0, 1, 2].map(() => element('span')));
  byId('trace-legend').append(...keys.map(([name, text]) => element('li', {}, element('span', { class: `key${name === 'dispatch' ? ' outer' : ''}`, style: `--colour: var(--${name})` }), text)));
  table.append(
    element('caption', { class: 'hidden', text: 'Calls of the traced step in the order of their start' }),
    element('thead', {}, element('tr', {},
      ...[['Call', 'what'], ['Silo', 'where'], ['Samples', 'how-many number'], ['Time', 'took']].map(([text, name]) => element('th', { scope: 'col', class: name, text })),
      element('th', { scope: 'col' }, element('span', { class: 'hidden', text: 'When' }), axis))),
    body);
  select.addEventListener('change', redraw);
  all.addEventListener('click', () => {
    setAttribute(all, 'aria-pressed', all.getAttribute('aria-pressed') !== 'true');
    redraw();
  });
  let shown;
  return {
    needs: ['traces', 'run'],
    render({ traces, run }) {
      const chosen = choose(select, traces);
      const isAll = all.getAttribute('aria-pressed') === 'true';
      const key = chosen === null ? withoutSteps(run) : `${keyOf(chosen)} ${isAll} ${chosen.spans.length}`;
      if (key === shown) return;
      shown = key;
      setText(byId('trace-note'), chosen ? noteOf(chosen) : isActive(run) ? 'No step has been traced yet. By default every hundredth step is, and every slow or failed one.' : withoutSteps(run));
      table.hidden = byId('trace-legend').hidden = !chosen;
      all.hidden = true;
      if (!chosen) return;
      const rows = rowsOf(chosen.spans);
      const visible = isAll ? rows : longest(rows);
      all.hidden = rows.length <= mostRows;
      setText(all, `Show all ${count(rows.length)} calls, not only the longest`);
      const scale = scaleOf(chosen);
      [0, 0.5, 1].forEach((share, index) => setText(axis.children[index], milliseconds(scale.from + share * (scale.to - scale.from))));
      body.replaceChildren(...visible.map((row, index) => rowElement(row, scale, index > 0 && isNewPart(visible[index - 1], row))));
    },
  };
}

const keyOf = step => `${step.step} ${step.at}`;

/** Keeps the reader's choice as long as its step is there; otherwise the newest step is shown. */
function choose(select, traces) {
  const options = [{ key: '', text: 'Newest' }, ...[...traces].reverse().map(step => ({ key: keyOf(step), text: `${count(step.step)}: ${milliseconds(step.duration)}, ${words[step.why] ?? step.why}` }))];
  setChildren(select, options, option => option.key, ({ key }) => element('option', { value: key }), (option, { text }) => setText(option, text));
  return traces.find(step => keyOf(step) === select.value) ?? traces.at(-1) ?? null;
}

function noteOf({ step, at, duration, why, error, spans }) {
  const dispatches = spans.filter(span => span.kind === 'dispatch');
  const slowest = dispatches.length ? dispatches.reduce((a, b) => b.duration > a.duration ? b : a) : null;
  const compute = slowest && computeOf(slowest, spans);
  const failed = spans.filter(span => span.error);
  return [
    `Step ${count(step)} at ${timeOfDay(at)} (${words[why] ?? why}) took ${milliseconds(duration)}.`,
    slowest ? `Longest dispatch: shard ${slowest.shard} to expert ${slowest.expert} on ${slowest.silo ?? 'an unknown silo'}, ${milliseconds(slowest.duration)}${compute ? `, of which ${milliseconds(compute.duration)} computing` : ''}.` : '',
    error ? `The step failed: ${error}.` : '',
    failed.length ? `${plural(failed.length, 'call')} failed, first ${nameOf(failed[0])}${failed[0].kind === 'dispatch' ? ` of shard ${failed[0].shard}` : ''} on ${failed[0].silo ?? 'an unknown silo'}: ${failed[0].error}.` : '',
  ].filter(Boolean).join(' ');
}

const computeOf = (dispatch, spans) => spans.find(span => span.kind === 'compute' && span.shard === dispatch.shard && span.expert === dispatch.expert
  && span.start >= dispatch.start - 0.001 && span.start <= dispatch.start + dispatch.duration) ?? null;

/** Spans as rows. The row of a dispatch also shows its computation. A computation whose dispatch is missing gets a row. */
function rowsOf(spans) {
  const computes = new Map();
  for (const span of spans) {
    if (span.kind !== 'compute') continue;
    const key = `${span.shard} ${span.expert}`;
    computes.set(key, [...computes.get(key) ?? [], span]);
  }
  const byStart = (a, b) => a.start - b.start;
  const dispatches = dispatchesByShard(spans);
  const rows = [];
  const addDispatches = shard => {
    for (const span of [...dispatches.get(shard) ?? []].sort(byStart)) {
      const own = computes.get(`${span.shard} ${span.expert}`) ?? [];
      const inside = own.filter(({ start }) => start >= span.start - 0.001 && start <= span.start + span.duration);
      rows.push({ span, inner: inside });
      for (const one of inside) own.splice(own.indexOf(one), 1);
    }
    dispatches.delete(shard);
  };
  const routes = spans.filter(span => span.kind === 'route').sort((a, b) => a.shard - b.shard || a.start - b.start);
  routes.forEach((span, index) => {
    rows.push({ span, inner: [] });
    if (routes[index + 1]?.shard !== span.shard) addDispatches(span.shard);
  });
  for (const shard of [...dispatches.keys()]) addDispatches(shard);
  for (const left of computes.values()) rows.push(...left.map(span => ({ span, inner: [] })));
  rows.push(...spans.filter(span => span.kind === 'commit').sort((a, b) => a.expert - b.expert).map(span => ({ span, inner: [] })));
  return rows;
}

function dispatchesByShard(spans) {
  const found = new Map();
  for (const span of spans) if (span.kind === 'dispatch') found.set(span.shard, [...found.get(span.shard) ?? [], span]);
  return found;
}

/** Routes and failed calls, and the longest of the others. */
function longest(rows) {
  if (rows.length <= mostRows) return rows;
  const always = row => row.span.kind === 'route' || row.span.error;
  const room = Math.max(10, mostRows - rows.filter(always).length);
  const rest = rows.filter(row => !always(row)).sort((a, b) => b.span.duration - a.span.duration).slice(0, room);
  const kept = new Set(rest);
  return rows.filter(row => always(row) || kept.has(row)).slice(0, 3 * mostRows);
}

function scaleOf({ duration, spans }) {
  const from = Math.min(0, ...spans.map(span => span.start));
  const to = Math.max(duration, ...spans.map(span => span.start + span.duration));
  return { from, to: to > from ? to : from + 1 };
}

const isNewPart = (before, row) => row.span.kind === 'route' || (row.span.kind === 'commit' && before.span.kind !== 'commit');

const nameOf = ({ kind, shard, expert }) => {
  if (kind === 'route') return `shard ${shard}, route${expert === null || expert === undefined ? '' : ` again for expert ${expert}`}`;
  return kind === 'dispatch' ? `expert ${expert}` : `expert ${expert}, ${kind}`;
};

function rowElement({ span, inner }, scale, isPart) {
  const compute = inner.length ? `, ${milliseconds(inner.reduce((sum, { duration }) => sum + duration, 0))} computing` : '';
  const failure = [span.error ? `failed: ${span.error}` : null, span.attempts > 1 ? `${span.attempts} attempts` : null].filter(Boolean).join(', ');
  const name = nameOf(span);
  return element('tr', { class: `${span.kind}${isPart ? ' part' : ''}` },
    element('th', { scope: 'row', class: 'what', title: name }, name),
    element('td', { class: 'where', text: span.silo ?? unknown }),
    element('td', { class: 'how-many number', text: span.samples === null ? '' : count(span.samples) }),
    element('td', { class: 'took', title: failure || null }, milliseconds(span.duration), failure ? element('span', { class: 'failure', text: ` ${failure}` }) : null),
    element('td', {}, element('div', { class: 'track', title: `from ${milliseconds(span.start)}, ${milliseconds(span.duration)}${compute}${failure ? `, ${failure}` : ''}` },
      bar(span, scale, span.kind, Boolean(span.error), span.kind === 'dispatch' ? 'outer' : ''), ...inner.map(one => bar(one, scale, 'compute', Boolean(one.error), 'inner')))));
}

function bar({ start, duration }, { from, to }, colour, isFailed, className) {
  const share = value => `${(100 * value / (to - from)).toFixed(3)}%`;
  return element('span', { class: `${className}${isFailed ? ' failed' : ''}`, style: `left: ${share(start - from)}; width: ${share(duration)}; --colour: var(--${colour})` });
}
