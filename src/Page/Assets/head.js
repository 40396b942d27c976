// The head: the run, its phase and progress, key figures, and what needs attention.

import { alertsOf, phaseNames } from './alerts.js';
import { byId, element, setAttribute, setChildren, setClass, setText } from './elements.js';
import { count, decimals, duration, loss, plural, shortId, times, unknown } from './format.js';
import { isActive } from './state.js';

const stopReasons = {
  steps: 'all steps were done', floor: 'the loss reached its floor', rise: 'the loss rose', interrupted: 'the run was stopped',
  validation: 'the validation loss no longer fell',
};
const badges = { training: 'good', done: 'good', failed: 'bad', stopped: 'warn' };

export function headSection() {
  return {
    needs: ['run', 'live', 'curve', 'cluster', 'topology', 'clock'],
    render(state) {
      const { run } = state;
      renderTitle(state);
      renderList('alerts', alertsOf(state), alert => alert.key, () => element('li'), (item, { isBad, text }) => {
        setClass(item, isBad ? 'bad' : '');
        setText(item, text);
      });
      if (!run?.id) return;
      renderProgress(state);
      renderPairs('figures', figuresOf(state), true);
      renderPairs('facts', factsOf(run), false);
      renderSummary(state);
    },
  };
}

function renderTitle({ run, cluster, chosen }) {
  const badge = byId('phase');
  badge.hidden = !run?.id;
  byId('follow').hidden = !chosen;
  if (!run) return;
  if (!run.id) {
    setText(byId('run-title'), chosen ? 'Run not found' : 'No run yet');
    setText(byId('run-about'), chosen
      ? `The cluster knows no run ${chosen}.`
      : `The cluster waits for a run. Start one with: moe train --connect ADDRESS`);
    document.title = 'MoeOrleans';
    return;
  }
  setText(byId('run-title'), `Run ${shortId(run.id)}`);
  setAttribute(byId('run-title'), 'title', run.id);
  setText(badge, phaseNames[run.phase] ?? run.phase);
  setClass(badge, `badge ${badges[run.phase] ?? ''}`);
  const ahead = cluster?.runs.find(other => other.id === run.id)?.ahead ?? 0;
  const waits = run.phase === 'waiting' ? ` The run waits in the queue${ahead ? `: ${plural(ahead, 'run')} ahead` : ''}.` : '';
  const parts = [[run.model, run.data].filter(Boolean).join(', '), run.experts ? plural(run.experts, 'expert') : '', `${plural(run.shards, 'shard')} on ${plural(run.silos, 'silo')}`];
  setText(byId('run-about'), `${parts.filter(Boolean).join('; ')}.${waits}`);
  const share = run.steps ? ` ${Math.floor(100 * run.step / run.steps)} %` : '';
  document.title = `${phaseNames[run.phase] ?? run.phase}${isActive(run) ? share : ''} - MoeOrleans`;
}

function renderProgress({ run, live }) {
  const bar = byId('progress');
  const value = run.steps ? Math.min(1, run.step / run.steps) : 0;
  if (bar.value !== value) bar.value = value;
  const parts = [`${count(run.step)} of ${plural(run.steps, 'step')}`];
  if (run.phase === 'training' && live?.stepsPerSecond) parts.push(`${live.stepsPerSecond < 10 ? decimals(live.stepsPerSecond, 2) : count(live.stepsPerSecond)} steps per second`);
  if (isActive(run) && Number.isFinite(run.secondsLeft)) parts.push(`at most ${duration(run.secondsLeft)} left`);
  setText(byId('progress-text'), parts.join(' · '));
}

function figuresOf({ run, live, curve }) {
  const [step, lossValue, accuracy, entropy] = curve.points.at(-1) ?? [];
  const of = step === undefined ? 'no step yet' : curve.stride > 1 ? `mean of ${curve.stride} steps` : `step ${count(step)}`;
  const most = live?.load?.length ? live.load.indexOf(Math.max(...live.load)) : null;
  const even = run.rows === 'cluster' && run.rowCount > 1 ? `0 to ln ${run.rowCount} = ${Math.log(run.rowCount).toFixed(3)}` : '';
  return [
    ['Loss', loss(lossValue), of],
    ['Training accuracy', accuracy === undefined || accuracy === null ? unknown : `${accuracy.toFixed(1)} %`, of],
    ['Dispatch entropy', entropy === undefined || entropy === null ? unknown : `${entropy.toFixed(3)} nats`, even],
    ['Largest violation', decimals(live?.maxViolation, 2), most === null ? '0 is even' : `expert ${most} gets ${times(live.load[most])}`],
    ['Idle experts', count(live?.idle), `of ${count(run.experts)}`],
    ['Restarts', count(run.restarts), `generation ${count(run.generation)}`],
  ];
}

function factsOf(run) {
  return [
    ['Run', run.id], ['Model', run.model], ['Data', run.data], ['Experts', run.experts ? count(run.experts) : null], ['Silos', count(run.silos)],
    ['Shards', count(run.shards)], ['Threads of a silo', count(run.threads)], ['Samples are sent by', run.dispatch], ['Specification (specHash)', run.specHash],
    ...(run.summary?.weightsSha256 ? [['Weights (SHA-256)', run.summary.weightsSha256]] : []),
  ].filter(([, value]) => value && value !== unknown);
}

function renderPairs(id, pairs, hasNote) {
  renderList(id, pairs, ([name]) => name, () =>
    element('div', { class: hasNote ? '' : 'fact' }, element('dt'), element('dd', {}, element('span'), hasNote ? element('small') : null)),
  (pair, [name, value, note]) => {
    const [term, description] = pair.children;
    setText(term, name);
    setText(description.firstChild, value);
    if (hasNote) setText(description.lastChild, note);
  });
}

const renderList = (id, ...rest) => setChildren(byId(id), ...rest);

function renderSummary({ run, cluster }) {
  const host = byId('summary');
  host.hidden = !run.summary;
  if (!run.summary) return;
  const { testAccuracy, testAccuracyWithoutNoise, trainAccuracy, loss: last, entropy, steps, stopReason, seconds } = run.summary;
  const noise = Number.isFinite(testAccuracyWithoutNoise) ? ` with router noise and ${decimals(testAccuracyWithoutNoise, 2)} % without` : '';
  const text = `The test accuracy is ${decimals(testAccuracy, 2)} %${noise}; the training accuracy is ${decimals(trainAccuracy, 2)} %, the loss ${loss(last)}`
    + `${Number.isFinite(entropy) ? `, the dispatch entropy ${decimals(entropy, 3)} nats` : ''}. `
    + `The run ended after ${plural(steps, 'step')} and ${duration(seconds)} because ${stopReasons[String(stopReason).toLowerCase()] ?? stopReason}.`;
  const hasReport = cluster?.runs.some(other => other.id === run.id && other.hasReport) ?? false;
  if (host.dataset.shown === text + hasReport) return;
  host.dataset.shown = text + hasReport;
  host.replaceChildren(element('p', { text }));
  if (hasReport) host.append(element('p', {}, element('a', { href: `/runs/${encodeURIComponent(run.id)}/report`, target: '_blank', text: 'Report of this run' }), ' (new tab)'));
}
