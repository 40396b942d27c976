// Charts by Apache ECharts: one look, a text alternative, and the size of their element.

import { setAttribute } from './elements.js';
import { colour } from './theme.js';

/**
 * A chart in an element. draw(makeOption) draws it; describe(text) is what a screen reader says instead.
 * A chart that is out of sight is drawn when it comes into sight: charts are most of the page's work.
 */
export function createChart(host) {
  const chart = echarts.init(host, null, { renderer: 'canvas' });
  let width = host.clientWidth;
  let height = host.clientHeight;
  let isSeen = true;
  let isDrawn = false;
  let pending = null;
  const draw = () => {
    isDrawn = true;
    chart.setOption({ ...common(), ...pending() }, { lazyUpdate: true, silent: true });
    pending = null;
  };
  host.setAttribute('role', 'img');
  host.setAttribute('aria-label', 'Chart without data');
  new ResizeObserver(() => {
    if (host.clientWidth === width && host.clientHeight === height) return;
    ({ clientWidth: width, clientHeight: height } = host);
    if (width && height) chart.resize();
  }).observe(host);
  new IntersectionObserver(entries => {
    isSeen = entries.at(-1).isIntersecting;
    if (isSeen && pending) draw();
  }, { rootMargin: '200px' }).observe(host);
  window.addEventListener('beforeprint', () => pending && draw());
  return {
    draw(makeOption) {
      pending = makeOption;
      if (isSeen || !isDrawn) draw();
    },
    describe: text => setAttribute(host, 'aria-label', text),
  };
}

const common = () => ({
  animation: false,
  textStyle: { fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif', color: colour('muted') },
});

/** A tooltip in the colours of the page. */
export const tooltip = formatter => ({
  confine: true, transitionDuration: 0, formatter,
  backgroundColor: colour('surface'), borderColor: colour('strong'), borderWidth: 1, padding: [6, 10],
  textStyle: { color: colour('text'), fontSize: 13 }, extraCssText: 'box-shadow: none; font-variant-numeric: tabular-nums;',
});

export const valueAxis = (more = {}) => ({
  type: 'value', axisLine: { show: false }, axisTick: { show: false },
  axisLabel: { color: colour('muted'), fontSize: 12, ...more.axisLabel },
  nameTextStyle: { color: colour('muted'), fontSize: 12 }, splitLine: { lineStyle: { color: colour('line') } },
  axisPointer: { label: { show: false } },
  ...without(more),
});

export const categoryAxis = (data, more = {}) => ({
  type: 'category', data, axisTick: { show: false }, axisLine: { lineStyle: { color: colour('strong') } },
  axisLabel: { color: colour('muted'), fontSize: 12, hideOverlap: true, ...more.axisLabel },
  nameTextStyle: { color: colour('muted'), fontSize: 12 }, ...without(more),
});

const without = ({ axisLabel: _, ...others }) => others;

/** A wide chart of many experts scrolls in its own region, which then takes the focus. */
export function setScrollWidth(scroll, host, pixels) {
  const needed = pixels > scroll.clientWidth;
  const width = needed ? `${pixels}px` : '100%';
  if (host.style.width !== width) host.style.width = width;
  setAttribute(scroll, 'tabindex', needed ? 0 : null);
}
