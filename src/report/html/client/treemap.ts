import type { PageFinding } from '../page-data.ts';
import { button, count, el, grouped } from './dom.ts';
import { isInside, SEVERITIES, type Store } from './model.ts';
import { squarify } from './squarify.ts';

/** Width and height in percent of the frame's width. */
interface Scale {
  width: number;
  height: number;
}

interface Folder {
  /** Whole path, without a slash at the end. */
  path: string;
  name: string;
  findings: PageFinding[];
  isFile: boolean;
}

/** Boxes beyond this are put together: smaller ones can be neither read nor hit. */
const MOST_BOXES = 40;

/** Where the findings stand: boxes that open the folder they show. */
export function renderTreemap(findings: PageFinding[], store: Store): HTMLElement {
  const crumbs = el('nav', { class: 'crumbs', aria: { label: 'Folder' } });
  const frame = el('div', { class: 'treemap' });
  let shown: string | undefined;
  let height = 0;
  const draw = (at: string, scale: Scale) => {
    crumbs.replaceChildren(...renderCrumbs(at, store));
    frame.replaceChildren(...renderBoxes(split(findings, at), scale, store));
  };
  store.onChange(({ folder = '' }) => {
    if (folder === shown) return;
    shown = folder;
    if (height > 0) draw(folder, { width: 100, height });
  });
  // The frame is as high as its neighbours make it: told before the first picture, and when the window changes.
  new ResizeObserver(([{ contentRect }]) => {
    const found = Math.round((contentRect.height / contentRect.width) * 100);
    if (found === height || !(found > 0)) return;
    height = found;
    draw(shown ?? '', { width: 100, height });
  }).observe(frame);
  return el('section', { class: 'folders' }, el('h2', {}, 'Where they stand'), crumbs, frame);
}

/** Percent of the frame that a box must have in both directions to show what is in it. */
const ROOM_FOR_INNER = 28;

function renderBoxes(folders: Folder[], scale: Scale, store: Store): HTMLElement[] {
  const frame = { x: 0, y: 0, width: scale.width, height: scale.height };
  const boxes = squarify(
    folders.map((folder) => folder.findings.length),
    frame,
  );
  return folders.map((folder, index) => {
    const { x, y, width, height } = boxes[index];
    const box = renderBox(folder, { width, height }, store);
    box.style.left = `${(x / frame.width) * 100}%`;
    box.style.top = `${(y / frame.height) * 100}%`;
    box.style.width = `${(width / frame.width) * 100}%`;
    box.style.height = `${(height / frame.height) * 100}%`;
    return box;
  });
}

function renderBox(folder: Folder, size: Scale, store: Store): HTMLElement {
  const { findings, path, name, isFile } = folder;
  const worst = SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity));
  const props = {
    title: `${path || name}: ${count(findings.length, 'finding')}`,
    on: { click: () => path !== '' && store.set({ ...store.filter, folder: path }) },
  };
  const label = [
    el('span', {}, `${name}${isFile || path === '' ? '' : '/'}`),
    el('b', {}, grouped(findings.length)),
  ];
  const inner =
    isFile || path === '' || Math.min(size.width, size.height) < ROOM_FOR_INNER ? [] : split(findings, path);
  if (inner.length > 1) {
    const box = el(
      'div',
      { class: `box group ${worst}` },
      el('button', { type: 'button', ...props }, ...label),
    );
    box.append(el('div', { class: 'inner' }, ...renderBoxes(inner, size, store)));
    return box;
  }
  const box = el('button', { type: 'button', class: `box ${worst}`, ...props }, ...label);
  box.classList.toggle('small', size.width < 9 || size.height < 9);
  return box;
}

/** The folders right below `at`, greatest first; a chain of single folders is one step. */
function split(findings: PageFinding[], at: string): Folder[] {
  const groups = new Map<string, Set<PageFinding>>();
  const names = new Map<string, Set<string>>();
  for (const finding of findings) {
    for (const { path } of finding.places) {
      if (at !== '' && !isInside(path, at)) continue;
      const rest = at === '' ? path : path.slice(at.length + 1);
      const [name] = rest.split('/');
      const key = rest === '' ? at : at === '' ? name : `${at}/${name}`;
      if (!groups.has(key)) groups.set(key, new Set());
      groups.get(key)?.add(finding);
      if (!names.has(key)) names.set(key, new Set());
      if (names.get(key)!.size < 50) names.get(key)?.add(path);
    }
  }
  if (groups.size === 1) {
    const [[only]] = groups;
    const isFile = [...names.get(only)!].every((path) => path === only);
    if (!isFile && only !== at) return split(findings, only);
  }
  const folders = [...groups].map(
    ([path, set]): Folder => ({
      path,
      name: at === '' ? path : path.slice(at.length + 1) || path,
      findings: [...set],
      isFile: [...names.get(path)!].every((one) => one === path),
    }),
  );
  folders.sort((a, b) => b.findings.length - a.findings.length || (a.path < b.path ? -1 : 1));
  if (folders.length <= MOST_BOXES) return folders;
  const rest = folders.slice(MOST_BOXES - 1);
  const others: Folder = {
    path: '',
    name: `${rest.length} more`,
    findings: [...new Set(rest.flatMap((folder) => folder.findings))],
    isFile: false,
  };
  return [...folders.slice(0, MOST_BOXES - 1), others];
}

function renderCrumbs(at: string, store: Store): HTMLElement[] {
  const open = (folder: string | undefined) => store.set({ ...store.filter, folder });
  const parts = at === '' ? [] : at.split('/');
  return [
    button('all folders', () => open(undefined)),
    ...parts.map((part, index) => button(part || '/', () => open(parts.slice(0, index + 1).join('/')))),
  ];
}
