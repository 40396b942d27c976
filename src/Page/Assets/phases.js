// What the coordinator waits for in a step: the phases add up to the time of the step.

import { categoryAxis, createChart, tooltip, valueAxis } from './chart.js';
import { byId, element, setChildren, setClass, setStyle, setText } from './elements.js';
import { count, escapeHtml, milliseconds, percent } from './format.js';
import { isActive, withoutSteps } from './state.js';
import { colour } from './theme.js';

const phases = [
  { name: 'between', about: 'experts moved, or were read' },
  { name: 'route', about: 'routers, without their wait for experts' },
  { name: 'dispatch', about: 'routers that wait for experts' },
  { name: 'fold', about: 'the sums of the coordinator' },
  { name: 'commit', about: 'experts that apply the step' },
];

const sumOf = values => phases.reduce((sum, { name }) => sum + (values[name] ?? 0), 0);

export function phasesSection() {
  const chart = createChart(byId('phases-chart'));
  byId('phases-bar').append(...phases.map(({ name }) => element('span', { style: `background: var(--${name}); width: 0` })));
  return {
    needs: ['live', 'run'],
    render({ live, run, phases: history }) {
      if (!run?.experts) return;
      const values = live?.phases ?? {};
      const sum = sumOf(values);
      setText(byId('phases-note'), sum ? noteOf(values, sum, isActive(run)) : withoutSteps(run));
      byId('phases-history').hidden = history.length < 2 && !isActive(run);
      phases.forEach(({ name }, index) => setStyle(byId('phases-bar').children[index], 'width', `${sum ? (100 * (values[name] ?? 0) / sum).toFixed(2) : 0}%`));
      const most = mostOf(values);
      setChildren(byId('phases'), phases, phase => phase.name, createPhase, (item, { name }) => {
        setClass(item, sum && name === most ? 'most' : '');
        setText(item.children[1], `${milliseconds(values[name])}${sum ? ` (${percent((values[name] ?? 0) / sum)})` : ''}`);
      });
      chart.draw(() => optionOf(history));
    },
    describe: ({ live, run }) => chart.describe(live?.phases ? `Phases of steps over time. Last: ${phases.map(({ name }) => `${name} ${milliseconds(live.phases[name])}`).join(', ')}` : `Phases of steps. ${withoutSteps(run)}`),
  };
}

const mostOf = values => phases.reduce((most, { name }) => (values[name] ?? 0) > (values[most] ?? 0) ? name : most, phases[0].name);

function noteOf(values, sum, isNow) {
  const most = mostOf(values);
  const share = `${most} (${percent(values[most] / sum)})`;
  return isNow ? `A step takes ${milliseconds(sum)} on average since the last message; most of it is ${share}.` : `A step took ${milliseconds(sum)} on average; most of it was ${share}.`;
}

function createPhase({ name, about }) {
  return element('div', {}, element('dt', {}, element('span', { class: 'key', style: `background: var(--${name})` }), name), element('dd'), element('dd', { text: about }));
}

function optionOf(history) {
  return {
    grid: { left: 64, right: 12, top: 10, bottom: 40 },
    xAxis: categoryAxis(history.map(({ step }) => count(step)), { name: 'step', nameLocation: 'middle', nameGap: 26, boundaryGap: false }),
    yAxis: valueAxis({ name: 'ms', nameLocation: 'middle', nameGap: 42, min: 0, splitNumber: 3 }),
    tooltip: {
      trigger: 'axis', axisPointer: { type: 'line' },
      ...tooltip(items => items.length ? `step ${items[0].name}<br>${[...items].reverse().map(item => `${item.marker} ${escapeHtml(item.seriesName)}: <b>${milliseconds(item.value)}</b>`).join('<br>')}` : ''),
    },
    series: phases.map(({ name }) => ({
      type: 'line', name, stack: 'phases', symbol: 'none', emphasis: { disabled: true },
      lineStyle: { width: 0 }, itemStyle: { color: colour(name) }, areaStyle: { color: colour(name), opacity: 1 },
      data: history.map(({ phases: values }) => values[name] ?? 0),
    })),
  };
}
