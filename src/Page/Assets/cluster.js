// The silos and the grains of the run on them: who is where, who has just moved, which silo is lost.

import { overloadOf } from './alerts.js';
import { byId, element, setChildren, setClass, setStyle, setText } from './elements.js';
import { bytes, percent, plural, ranges, unknown } from './format.js';

const mostChips = 24;
const mostMarked = 8;
const mostCharacters = 60;

export function clusterSection() {
  return {
    needs: ['cluster', 'topology', 'run', 'live'],
    render(state) {
      const { cluster } = state;
      if (!cluster) return;
      const boxes = boxesOf(state);
      setText(byId('cluster-note'), noteOf(cluster, boxes));
      setChildren(byId('silos'), boxes, box => box.key, createBox, (item, box) => updateBox(item, box, cluster));
    },
  };
}

function noteOf(cluster, boxes) {
  const draining = cluster.silos.filter(silo => silo.isDraining).map(silo => silo.name);
  const lost = boxes.filter(box => box.badge === 'lost').map(box => box.name);
  return [
    `${plural(cluster.silos.length, 'silo')}.`,
    draining.length ? `${draining.join(', ')}: draining, its grains move to other silos.` : '',
    lost.length ? `${lost.join(', ')}: lost.` : '',
  ].join(' ').trim();
}

/** A box for every silo, for those lost a short while ago, and for grains that are on none. */
function boxesOf({ cluster, topology, run, live, moved, lost }) {
  const boxes = cluster.silos.map(silo => ({ key: `silo ${silo.name}`, name: silo.name, silo, badge: silo.isDraining ? 'draining' : null }));
  for (const [name, { silo, drained }] of lost) boxes.push({ key: `silo ${name}`, name, silo, badge: drained ? 'stopped' : 'lost' });
  if (!topology || !run?.id) return boxes.map(box => ({ ...box, chips: null }));
  const grains = new Map(boxes.map(box => [box.name, { isCoordinator: false, routers: [], experts: [] }]));
  const at = name => {
    if (!grains.has(name)) {
      grains.set(name, { isCoordinator: false, routers: [], experts: [] });
      boxes.push(name === null
        ? { key: 'between', name: 'Between silos', silo: null, badge: null }
        : { key: `silo ${name}`, name, silo: null, badge: 'not in the cluster' });
    }
    return grains.get(name);
  };
  at(topology.coordinator).isCoordinator = true;
  topology.routers.forEach((silo, index) => at(silo ?? null).routers.push(index));
  topology.experts.forEach((silo, index) => at(silo ?? null).experts.push(index));
  const limit = overloadOf(run);
  const isOver = expert => (live?.load?.[expert] ?? 0) > limit;
  return boxes.map(box => ({ ...box, chips: chipsOf(grains.get(box.name === 'Between silos' ? null : box.name), moved, isOver) }));
}

function chipsOf({ isCoordinator, routers, experts }, moved, isOver) {
  const isCompact = routers.length + experts.length > mostChips;
  const single = (kind, index) => {
    const key = index === null ? kind : `${kind} ${index}`;
    const mark = moved.get(key);
    const from = mark && !mark.between ? mark.from : null;
    const notes = [mark && !mark.between ? (from ? `from ${from}` : 'new here') : null, kind === 'expert' && isOver(index) ? 'overloaded' : null].filter(Boolean);
    return {
      key, text: [key, ...notes].join(', '),
      className: `chip ${kind}${mark && !mark.between ? ' moved' : ''}${kind === 'expert' && isOver(index) ? ' over' : ''}`,
    };
  };
  const chips = isCoordinator ? [single('coordinator', null)] : [];
  for (const [kind, numbers] of [['router', routers], ['expert', experts]]) {
    const marked = isCompact ? numbers.filter(index => moved.has(`${kind} ${index}`) || (kind === 'expert' && isOver(index))).slice(0, mostMarked) : numbers;
    const others = numbers.filter(index => !marked.includes(index));
    if (others.length) chips.push({ key: `${kind}s`, text: summary(kind, others), className: `chip ${kind}` });
    chips.push(...marked.map(index => single(kind, index)));
  }
  return chips;
}

/** Grains of a kind, as ranges if these are short. The table of experts has the silo of each. */
function summary(kind, numbers) {
  const text = ranges(numbers);
  return `${plural(numbers.length, kind)}: ${text.length <= mostCharacters ? text : `${numbers.slice(0, 4).join(', ')} … ${numbers.at(-1)}`}`;
}

function createBox() {
  return element('li', { class: 'silo' },
    element('div', { class: 'silo-head' }, element('h3'), element('span', { class: 'badge' }), element('span', { class: 'badge' })),
    element('p', { class: 'where-is' }),
    element('p', { class: 'use' }, element('b'), element('span', { class: 'meter', 'aria-hidden': 'true' }, element('span'))),
    element('p', { class: 'holds' }),
    element('ul', { class: 'chips', 'aria-label': 'Grains of the run' }));
}

function updateBox(item, { name, silo, badge, chips }, cluster) {
  const [head, where, use, holds, list] = item.children;
  const [title, status, server] = head.children;
  const isThere = silo !== null && (badge === null || badge === 'draining');
  setClass(item, `silo${badge === 'lost' ? ' is-lost' : badge ? ' is-draining' : ''}`);
  setText(title, name);
  status.hidden = !badge;
  setText(status, badge ?? '');
  setClass(status, `badge ${badge === 'lost' ? 'bad' : 'warn'}`);
  server.hidden = name !== cluster.server || cluster.silos.length < 2;
  setText(server, 'sends this page');
  where.hidden = use.hidden = !isThere;
  if (isThere) {
    setText(where, `${silo.endpoint}, process ${silo.processId ?? unknown}, ${plural(silo.threads, 'compute thread')}, ${bytes(silo.memoryBytes)}`);
    setText(use.firstChild, `Utilisation ${percent(silo.utilisation)}`);
    setStyle(use.lastChild.firstChild, 'width', `${(100 * Math.min(1, silo.utilisation ?? 0)).toFixed(1)}%`);
  }
  holds.hidden = chips === null || chips.length > 0;
  setText(holds, 'No grain of this run');
  list.hidden = !chips?.length;
  setChildren(list, chips ?? [], chip => chip.key, () => element('li'), (chip, { text, className }) => {
    setText(chip, text);
    setClass(chip, className);
  });
}
