// What needs an operator's attention, as sentences. Thresholds are those of the alerts for Prometheus.

import { byId, setText } from './elements.js';
import { count, duration, percent, plural, times } from './format.js';
import { isActive } from './state.js';

const collapseShare = 0.9;
const overload = 2.5;
const settleMilliseconds = 2000;

export const phaseNames = {
  waiting: 'Waiting', preparing: 'Preparing', training: 'Training', evaluating: 'Evaluating', done: 'Done', failed: 'Failed', stopped: 'Stopped', unknown: 'Unknown',
};

/** The load from which an expert counts as overloaded. An expert that serves one whole cluster has experts / clusters. */
export function overloadOf(run) {
  const wholeCluster = run?.rows === 'cluster' && run.rowCount > 0 ? run.experts / run.rowCount : 1;
  return Math.max(overload, 1.5 * wholeCluster);
}

/** How routing fares in the last step, or null if nothing is wrong. */
function routingAlert({ run, live }) {
  if (!live?.load.length || run.experts < 2) return null;
  const isOver = !isActive(run);
  const busiest = live.load.reduce((best, load, expert) => load > live.load[best] ? expert : best, 0);
  const load = live.load[busiest];
  const share = load / run.experts;
  const when = isOver ? 'In the last step, ' : '';
  const sentence = text => when + (when && text.startsWith('Expert') ? text.replace('Expert', 'expert') : text);
  if (share > collapseShare) {
    return { key: 'collapse', text: sentence(`Expert ${busiest} ${isOver ? 'got' : 'gets'} ${percent(share)} of all samples: routing ${isOver ? 'had' : 'has'} collapsed.`) };
  }
  if (run.rows === 'cluster' && run.experts - live.idle < Math.min(run.rowCount, run.experts)) {
    return { key: 'collapse', text: sentence(`${count(live.idle)} of ${count(run.experts)} experts ${isOver ? 'were' : 'are'} idle: routing ${isOver ? 'had' : 'has'} collapsed.`) };
  }
  if (load > overloadOf(run)) {
    return { key: 'overload', text: sentence(`Expert ${busiest} ${isOver ? 'got' : 'gets'} ${times(load).replace('×', '')} times its even share.`) };
  }
  return null;
}

function longStepText(long) {
  const routed = long.routedShards < long.shards
    ? `${count(long.routedShards)} of ${plural(long.shards, 'shard')} routed, ${count(long.computedSamples)} of ${plural(long.samples, 'sample')} computed`
    : `all shards routed, ${count(long.committedExperts)} of ${plural(long.experts, 'expert')} committed`;
  return `Step ${count(long.step)} takes ${duration(long.seconds)} so far: ${routed}.`;
}

const seen = new Map();

/** Routing changes with every step: an alert about it comes and goes only if the change lasts. */
function settled(alert, state, now) {
  if (!state.live || !state.run?.id) seen.clear();
  const isFirst = !seen.has('routing');
  const shown = seen.get('routing') ?? { alert, since: now, waiting: null };
  seen.set('routing', shown);
  if (isFirst || alert?.key === shown.alert?.key) {
    Object.assign(shown, { alert, waiting: null });
  } else if (shown.waiting?.key !== (alert?.key ?? 'none')) {
    shown.waiting = { key: alert?.key ?? 'none', since: now };
  } else if (now - shown.waiting.since >= settleMilliseconds) {
    Object.assign(shown, { alert, waiting: null });
  }
  return shown.alert;
}

/** The alerts of a state, the worst first: { key, isBad, text }. */
export function alertsOf(state, now = Date.now()) {
  const { run, lost } = state;
  const alerts = [];
  if (run?.phase === 'failed') alerts.push({ key: 'failed', isBad: true, text: `The run failed: ${run.error ?? 'the reason is not known'}` });
  for (const [name, { drained }] of lost) {
    if (!drained) alerts.push({ key: `lost ${name}`, isBad: true, text: `${name} is lost.` });
  }
  if (run?.longStep) alerts.push({ key: `long ${run.longStep.step}`, isBad: false, text: longStepText(run.longStep) });
  const routing = run?.id && run.phase !== 'failed' ? settled(routingAlert(state), state, now) : null;
  if (routing) alerts.push({ ...routing, isBad: routing.key === 'collapse' });
  return alerts;
}

let said = { phase: null, keys: new Set(), run: null, restarts: 0 };

/** Says to screen readers what is new: a phase, an alert, a connection that was lost. Numbers that change are not said again. */
export function announce(state) {
  const phase = state.run?.phase ?? null;
  const alerts = alertsOf(state);
  const texts = [];
  if (state.run?.id && (phase !== said.phase || state.run.id !== said.run)) texts.push(`The run: ${phaseNames[phase] ?? phase}.`);
  else if (state.run?.restarts > said.restarts) texts.push('The run has restarted at step 0.');
  for (const { key, text } of alerts) if (!said.keys.has(key)) texts.push(text);
  if (said.keys.size > 0 && alerts.length === 0) texts.push('Nothing needs attention now.');
  said = { phase, run: state.run?.id ?? null, restarts: state.run?.restarts ?? 0, keys: new Set(alerts.map(alert => alert.key)) };
  if (texts.length) setText(byId('announcement'), texts.join(' '));
}
