// What has happened: runs, moves, silos, restarts; the newest first.

import { byId, element, setChildren, setText } from './elements.js';
import { timeOfDay } from './format.js';

export function noticesSection() {
  return {
    needs: ['notices'],
    render({ notices }) {
      const items = notices.length ? [...notices].reverse() : [{ at: null, kind: '', text: 'Nothing has happened yet.' }];
      const seen = new Map();
      const keyOf = ({ at, text }) => {
        const key = `${at} ${text}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
        return `${key} ${seen.get(key)}`;
      };
      setChildren(byId('notices-list'), items, keyOf, create);
    },
  };
}

function create({ at, kind, text }) {
  const item = element('li', {}, element('time', { datetime: at, title: at }), element('span', { class: 'kind', text: kind }), element('span', { class: 'text', text }));
  setText(item.firstChild, at ? timeOfDay(at) : '');
  return item;
}
