// What the page knows: the last event of each kind, and what follows from how they change.

const markMilliseconds = 15000;
const lostMilliseconds = 60000;
const mostPhases = 600;

export function createState() {
  return {
    cluster: null, run: null, live: null, topology: null, traces: [], notices: [],
    curve: { stride: 1, points: [] },
    connection: 'connecting', connectionSince: new Date(),
    /** Phases of the live events since the page was opened: { step, phases }. */
    phases: [],
    /** Grain to { from, until } while it is marked as moved. */
    moved: new Map(),
    /** Name of a silo that is no longer in the cluster to { silo, drained, until }. */
    lost: new Map(),
  };
}

/** Applies an event, and returns the kinds that have changed. */
export function apply(state, kind, data, now = Date.now()) {
  switch (kind) {
    case 'cluster': return applyCluster(state, data, now);
    case 'run': return applyRun(state, data);
    case 'curve': return applyCurve(state, data);
    case 'live': return applyLive(state, data);
    case 'topology': return applyTopology(state, data, now);
    case 'traces': state.traces = data.steps; return ['traces'];
    case 'notices': state.notices = data.notices; return ['notices'];
    default: return [];
  }
}

/** Ends marks whose time is over, and returns whether there were any. */
export function expire(state, now = Date.now()) {
  let ended = false;
  for (const marks of [state.moved, state.lost]) {
    for (const [key, { until }] of marks) {
      if (until <= now) ended = marks.delete(key);
    }
  }
  return ended;
}

/** Runs that train, or are about to or after it. */
export const isActive = run => ['preparing', 'training', 'evaluating'].includes(run?.phase);

/** What is said in place of what the last steps did. */
export const withoutSteps = run => isActive(run) || run?.phase === 'waiting'
  ? 'No step has been committed yet.' : 'The run has ended, and what its last steps did is no longer known.';

function applyCluster(state, cluster, now) {
  const names = new Set(cluster.silos.map(silo => silo.name));
  for (const silo of state.cluster?.silos ?? []) {
    if (!names.has(silo.name)) state.lost.set(silo.name, { silo, drained: silo.isDraining, until: now + lostMilliseconds });
  }
  for (const name of names) state.lost.delete(name);
  state.cluster = cluster;
  return ['cluster'];
}

function applyRun(state, run) {
  const isOther = state.run?.id !== run.id;
  const isRestarted = !isOther && state.run.restarts !== run.restarts;
  state.run = run;
  if (isRestarted) state.phases = [];
  if (!isOther) return ['run'];
  Object.assign(state, { live: null, topology: null, traces: [], phases: [], curve: { stride: 1, points: [] } });
  state.moved.clear();
  return ['run', 'live', 'topology', 'traces', 'curve'];
}

function applyCurve(state, { from, stride, points }) {
  state.curve = { stride, points: state.curve.points.slice(0, from).concat(points) };
  return ['curve'];
}

function applyLive(state, live) {
  const last = state.phases.at(-1);
  if (live.phases && last?.step !== live.step) {
    state.phases.push({ step: live.step, phases: live.phases });
    if (state.phases.length > mostPhases) state.phases.splice(0, state.phases.length - mostPhases);
  }
  state.live = live;
  return ['live'];
}

function applyTopology(state, topology, now) {
  const before = state.topology;
  if (before) {
    const compare = (key, from, to) => {
      const mark = state.moved.get(key);
      // A grain between silos has no name: it has moved once it has one again.
      if (to === null && from !== null) state.moved.set(key, { from, until: now + markMilliseconds, between: true });
      else if (to !== null && from !== to && (from ?? mark?.from) !== to) state.moved.set(key, { from: from ?? mark?.from ?? null, until: now + markMilliseconds });
      else if (to !== null && mark?.between) state.moved.delete(key);
    };
    compare('coordinator', before.coordinator, topology.coordinator);
    topology.experts.forEach((silo, index) => compare(`expert ${index}`, before.experts[index] ?? null, silo));
    topology.routers.forEach((silo, index) => compare(`router ${index}`, before.routers[index] ?? null, silo));
  }
  state.topology = topology;
  return ['topology'];
}
