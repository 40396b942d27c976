// The live page: connects the events of the server with the sections that show them.

import { announce } from './alerts.js';
import { clusterSection } from './cluster.js';
import { curvesSection } from './curves.js';
import { dispatchSection } from './dispatch.js';
import { byId } from './elements.js';
import { expertsSection } from './experts.js';
import { openFeed } from './feed.js';
import { headSection } from './head.js';
import { lostSection } from './lost.js';
import { noticesSection } from './notices.js';
import { phasesSection } from './phases.js';
import { runsSection } from './runs.js';
import { apply, createState, expire } from './state.js';
import { startTheme } from './theme.js';
import { waterfallSection } from './waterfall.js';

const renderMilliseconds = 250;
const describeMilliseconds = 5000;
const everything = ['cluster', 'run', 'live', 'topology', 'traces', 'notices', 'curve', 'connection', 'clock'];

const chosen = new URLSearchParams(location.search).get('run');
const state = { ...createState(), chosen };
const changed = new Set();
const undescribed = new Set();
let sections = [];
let lastRender = 0;
let isScheduled = false;

/** Draws what has changed, with the next frame, and at most a few times a second. A hidden page has no frames and draws nothing. */
function schedule(...kinds) {
  for (const kind of kinds) changed.add(kind);
  if (isScheduled || changed.size === 0) return;
  isScheduled = true;
  setTimeout(() => requestAnimationFrame(render), Math.max(0, lastRender + renderMilliseconds - performance.now()));
}

function render() {
  isScheduled = false;
  lastRender = performance.now();
  const kinds = new Set(changed);
  changed.clear();
  document.body.classList.toggle('is-waiting', !state.run);
  document.body.classList.toggle('no-run', state.run?.id === null);
  // A run that waits has no experts yet.
  document.body.classList.toggle('no-experts', Boolean(state.run) && !state.run.experts);
  for (const section of sections) {
    if (!section.needs.some(kind => kinds.has(kind))) continue;
    section.render(state);
    if (section.describe) undescribed.add(section);
  }
  announce(state);
}

/** Text alternatives change calmly: a screen reader would otherwise never come to an end. */
function describe() {
  for (const section of undescribed) section.describe(state);
  undescribed.clear();
}

function start() {
  startTheme(() => schedule(...everything));
  sections = [
    lostSection, headSection, curvesSection, dispatchSection, expertsSection, clusterSection, phasesSection, waterfallSection, noticesSection, runsSection,
  ].map(create => create(() => schedule(...everything)));
  schedule(...everything);
  const address = chosen ? `/events?run=${encodeURIComponent(chosen)}` : '/events';
  openFeed(address, (kind, data) => schedule(...apply(state, kind, data)), connection => {
    if (connection === state.connection) return;
    state.connection = connection;
    state.connectionSince = new Date();
    schedule('connection');
  });
  setInterval(() => schedule(expire(state) ? 'topology' : 'clock', 'clock'), 1000);
  setInterval(describe, describeMilliseconds);
  setTimeout(describe, 1000);
  byId('content').dataset.ready = 'true';
}

start();
