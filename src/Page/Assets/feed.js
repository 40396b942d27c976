// The connection to the server: events as they come, and a new attempt whenever it is lost.

const kinds = ['cluster', 'run', 'curve', 'live', 'topology', 'traces', 'notices'];
const retryMilliseconds = 3000;
// The server sends 'alive' after 15 seconds without another event.
const silenceMilliseconds = 45000;

/**
 * Calls onEvent(kind, data) for every event, and onConnection('connecting' | 'live' | 'lost' | 'signed-out') when the
 * connection changes.
 */
export function openFeed(address, onEvent, onConnection) {
  let source = null;
  let timer = 0;
  let heardAt = performance.now();

  function open() {
    source = new EventSource(address);
    heardAt = performance.now();
    source.onopen = () => {
      heardAt = performance.now();
      onConnection('live');
    };
    source.onerror = () => {
      onConnection('lost');
      // A browser repeats a connection that broke, but gives up after an answer that is no stream of events.
      if (source.readyState === EventSource.CLOSED) retryLater(0);
    };
    source.addEventListener('alive', () => { heardAt = performance.now(); });
    for (const kind of kinds) {
      source.addEventListener(kind, message => {
        heardAt = performance.now();
        onEvent(kind, JSON.parse(message.data));
      });
    }
  }

  function retryLater(milliseconds = retryMilliseconds) {
    source.close();
    clearTimeout(timer);
    timer = setTimeout(retry, milliseconds);
  }

  async function retry() {
    // An EventSource does not tell the status: a request does.
    const aborting = new AbortController();
    try {
      const answer = await fetch(address, { signal: aborting.signal, headers: { accept: 'text/event-stream' }, cache: 'no-store' });
      const { status } = answer;
      aborting.abort();
      if (status === 401) onConnection('signed-out');
      else if (status === 200) open();
      else retryLater();
    } catch {
      retryLater();
    }
  }

  // A machine that was switched off does not close its connections.
  setInterval(() => {
    if (source.readyState !== EventSource.OPEN || performance.now() - heardAt < silenceMilliseconds) return;
    onConnection('lost');
    retryLater(0);
  }, 5000);
  // A page that the browser froze, or that comes back from its cache, may have lost its connection without an event.
  window.addEventListener('pageshow', event => {
    if (event.persisted && source.readyState === EventSource.CLOSED) retryLater();
  });
  window.addEventListener('online', () => {
    if (source.readyState !== EventSource.OPEN) {
      source.close();
      clearTimeout(timer);
      retry();
    }
  });

  onConnection('connecting');
  open();
}
