// Numbers, times and names as text.

const grouped = new Intl.NumberFormat('en-GB');
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

export const unknown = '–';

const known = value => value !== null && value !== undefined && Number.isFinite(value);

/** A whole number, in groups of three digits. */
export const count = value => known(value) ? grouped.format(Math.round(value)) : unknown;

export const decimals = (value, digits) => known(value) ? value.toFixed(digits) : unknown;

/** A loss: three significant digits over all its range. */
export function loss(value) {
  if (!known(value)) return unknown;
  if (value === 0) return '0';
  return Math.abs(value) < 0.001 ? value.toExponential(2) : value.toPrecision(3);
}

export const percent = (share, digits = 0) => known(share) ? `${(100 * share).toFixed(digits)} %` : unknown;

/** A relative load: 1 is the even share. */
export const times = load => known(load) ? `${load.toFixed(load >= 10 ? 0 : load < 0.1 && load > 0 ? 2 : 1)}×` : unknown;

export function milliseconds(value) {
  if (!known(value)) return unknown;
  if (value >= 60000) return duration(value / 1000);
  if (value >= 1000) return `${(value / 1000).toFixed(value < 10000 ? 2 : 1)} s`;
  return `${value.toFixed(value < 0.1 && value > 0 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;
}

/** A time that a person waits for. */
export function duration(seconds) {
  if (!known(seconds)) return unknown;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
  return `${Math.floor(whole / 86400)} d ${Math.floor(whole % 86400 / 3600)} h`;
}

export function bytes(value) {
  if (!known(value)) return unknown;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const unit = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10));
  const scaled = value / 1024 ** unit;
  return `${scaled.toFixed(unit === 0 || scaled >= 100 ? 0 : 1)} ${units[unit]}`;
}

export const timeOfDay = at => clock.format(at instanceof Date ? at : new Date(at));

export const dayAndTime = at => at ? day.format(new Date(at)) : unknown;

export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

/** Numbers in ascending order as ranges: 0–5, 8. */
export function ranges(numbers) {
  const parts = [];
  for (let from = 0; from < numbers.length;) {
    let to = from;
    while (to + 1 < numbers.length && numbers[to + 1] === numbers[to] + 1) to++;
    parts.push(to - from < 2 ? numbers.slice(from, to + 1).join(', ') : `${numbers[from]}–${numbers[to]}`);
    from = to + 1;
  }
  return parts.join(', ');
}

export const shortId = id => id.length > 24 ? `${id.slice(0, 23)}…` : id;

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** For the tooltips of charts, which are HTML. */
export const escapeHtml = text => String(text).replace(/[&<>"']/g, character => escapes[character]);
