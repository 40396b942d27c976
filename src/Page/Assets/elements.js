// Elements of the page: made once, changed only if their content changes.

export const byId = id => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'class') made.className = value;
    else if (name === 'text') made.textContent = value;
    else if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}

export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

export function setClass(target, name) {
  if (target.className !== name) target.className = name;
}

export function setAttribute(target, name, value) {
  if (value === null || value === undefined) target.removeAttribute(name);
  else if (target.getAttribute(name) !== String(value)) target.setAttribute(name, value);
}

export function setStyle(target, name, value) {
  if (target.style[name] !== value) target.style[name] = value;
}

/** Makes the children of a parent equal to items. A child stays as long as its key does, and keeps its focus. */
export function setChildren(parent, items, keyOf, create, update) {
  const old = new Map();
  for (const child of parent.children) old.set(child.dataset.key, child);
  let next = parent.firstElementChild;
  items.forEach((item, index) => {
    const key = String(keyOf(item, index));
    let child = old.get(key);
    old.delete(key);
    if (!child) {
      child = create(item, index);
      child.dataset.key = key;
    }
    if (child === next) next = next.nextElementSibling;
    else parent.insertBefore(child, next);
    update?.(child, item, index);
  });
  for (const child of old.values()) child.remove();
}

/** A plain table of numbers, without sorting. Rows are arrays; the first cell of a row is its header. */
export function numbersTable(caption, headers, rows) {
  const head = element('tr', {}, ...headers.map((text, index) => element('th', { scope: 'col', class: index ? 'number' : null, text })));
  const body = rows.map(([first, ...others]) =>
    element('tr', {}, element('th', { scope: 'row', text: first }), ...others.map(text => element('td', { class: 'number', text }))));
  return element('table', { class: 'numbers' },
    element('caption', { class: 'hidden', text: caption }), element('thead', {}, head), element('tbody', {}, ...body));
}

const refillMilliseconds = 5000;

/** Fills a <details> with what make returns when it is opened, and then every few seconds: a table that changes all the time cannot be read. */
export function fillWhenOpen(details, make) {
  const host = details.querySelector('.scroll');
  let filled = -Infinity;
  const fill = () => {
    if (!details.open || performance.now() - filled < refillMilliseconds) return;
    filled = performance.now();
    const { scrollTop, scrollLeft } = host;
    host.replaceChildren(make());
    host.scrollTo(scrollLeft, scrollTop);
  };
  details.addEventListener('toggle', () => {
    filled = -Infinity;
    fill();
  });
  return fill;
}
