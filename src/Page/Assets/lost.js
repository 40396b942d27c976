// The state of the connection, in the header and as a notice.

import { byId, element, setText } from './elements.js';
import { timeOfDay } from './format.js';

const words = { connecting: 'Connecting', live: 'Live', lost: 'No connection', 'signed-out': 'Signed out' };

export function lostSection() {
  const notice = byId('lost');
  notice.setAttribute('role', 'status');
  return {
    needs: ['connection', 'cluster'],
    render({ connection, connectionSince, cluster }) {
      setText(byId('connection-text'), words[connection]);
      byId('connection').classList.toggle('is-live', connection === 'live');
      byId('connection').classList.toggle('is-lost', connection === 'lost' || connection === 'signed-out');
      document.body.classList.toggle('is-stale', connection === 'lost' || connection === 'signed-out');
      setText(byId('server'), cluster ? `${cluster.isCommand ? 'moe train' : cluster.server}, version ${cluster.version}` : '');
      notice.hidden = connection === 'live' || connection === 'connecting';
      if (notice.hidden) notice.replaceChildren();
      else if (connection === 'signed-out') notice.replaceChildren('The session is over. ', element('a', { href: '/', text: 'Sign in again' }));
      else {
        const since = timeOfDay(connectionSince);
        setText(notice, cluster?.isCommand
          ? `moe train has ended or cannot be reached since ${since}. The page shows the last state and tries again.`
          : `The connection to the server is lost since ${since}; the page shows the last state and tries again.`);
      }
    },
  };
}
