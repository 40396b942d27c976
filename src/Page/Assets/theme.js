// Light or dark: as the system says, or as the reader chose on this machine.

import { byId } from './elements.js';

const key = 'moe-theme';
let probe = null;
let colours = new Map();

function stored() {
  try {
    return localStorage.getItem(key) ?? 'system';
  } catch {
    return 'system'; // A browser may forbid storage.
  }
}

function store(theme) {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // The choice then holds until the page is closed.
  }
}

function use(theme) {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** Applies the stored theme; calls onChange whenever the colours change. */
export function startTheme(onChange) {
  const select = byId('theme');
  const change = () => {
    colours = new Map();
    onChange();
  };
  select.value = stored();
  if (!select.value) select.value = 'system';
  use(select.value);
  select.addEventListener('change', () => {
    store(select.value);
    use(select.value);
    change();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', change);
}

/** The colour of a name of theme.css, as charts want it. */
export function colour(name) {
  if (!colours.has(name)) {
    if (!probe) {
      probe = document.createElement('span');
      probe.hidden = true;
      document.body.append(probe);
    }
    probe.style.color = `var(--${name})`;
    colours.set(name, getComputedStyle(probe).color);
  }
  return colours.get(name);
}

export const heatColours = () => [0, 1, 2, 3, 4, 5, 6].map(index => colour(`heat-${index}`));
