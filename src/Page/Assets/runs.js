// The runs of the cluster: those in the queue and the last that have ended, with their reports.

import { byId, element, setAttribute, setChildren, setClass, setText } from './elements.js';
import { count, dayAndTime, plural, shortId } from './format.js';

const mostRuns = 50;
const order = { active: 0, queued: 1 };
const badges = { active: 'good', done: '', failed: 'bad', withdrawn: 'warn', queued: '' };

export function runsSection() {
  const table = byId('runs-table');
  const body = element('tbody');
  table.append(
    element('caption', { class: 'hidden', text: 'Runs: the active run, queued runs, then the runs that have ended, newest first' }),
    element('thead', {}, element('tr', {}, ...['Run', 'State', 'Report', 'Steps', 'Submitted', 'Error'].map((text, index) =>
      element('th', { scope: 'col', class: index === 3 ? 'number' : null, text })))),
    body);
  return {
    needs: ['cluster', 'run'],
    render({ cluster, run }) {
      if (!cluster) return;
      const runs = [...cluster.runs].sort((a, b) => (order[a.state] ?? 2) - (order[b.state] ?? 2)
        || (a.state === 'queued' ? a.ahead - b.ahead : String(b.submitted).localeCompare(String(a.submitted))));
      const active = runs.filter(one => one.state === 'active').length;
      const queued = runs.filter(one => one.state === 'queued').length;
      table.hidden = runs.length === 0;
      setText(byId('runs-note'), runs.length === 0 ? 'There has been no run yet.'
        : `${count(active)} active, ${count(queued)} queued, ${count(runs.length - active - queued)} ended${runs.length > mostRuns ? `; the first ${mostRuns} are shown` : ''}.`);
      setChildren(body, runs.slice(0, mostRuns), one => one.id, create, (item, one) => update(item, one, run));
    },
  };
}

function create({ id }) {
  return element('tr', {},
    element('th', { scope: 'row' }, element('a', { href: `/?run=${encodeURIComponent(id)}`, text: shortId(id), title: id })),
    element('td', {}, element('span', { class: 'badge' })), element('td'), element('td', { class: 'number' }), element('td'), element('td', { class: 'error-text' }));
}

function update(item, { id, state, ahead, steps, stepsDone, submitted, error, hasReport }, shown) {
  const [, status, report, progress, when, failure] = item.children;
  setAttribute(item, 'aria-current', id === shown?.id ? 'true' : null);
  setText(status.firstChild, state === 'queued' && ahead > 0 ? `queued, ${plural(ahead, 'run')} ahead` : state);
  setClass(status.firstChild, `badge ${badges[state] ?? ''}`);
  setText(progress, `${count(stepsDone)} of ${count(steps)}`);
  setText(when, dayAndTime(submitted));
  setText(failure, error ?? '');
  if (hasReport && !report.firstChild) {
    report.append(element('a', { href: `/runs/${encodeURIComponent(id)}/report`, target: '_blank', text: 'Report', 'aria-label': `Report of run ${id}, in a new tab` }));
  } else if (!hasReport) report.replaceChildren();
}
