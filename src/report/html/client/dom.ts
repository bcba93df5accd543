type Child = Node | string | undefined | false;
type Props = {
  class?: string;
  title?: string;
  href?: string;
  data?: Record<string, string>;
  aria?: Record<string, string>;
  role?: string;
  type?: string;
  on?: Partial<Record<string, (event: Event) => void>>;
};

/** An element with its text and children: all of it text, none of it markup. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (props.class) element.className = props.class;
  if (props.title) element.title = props.title;
  if (props.role) element.setAttribute('role', props.role);
  if (props.type) element.setAttribute('type', props.type);
  if (props.href) setLink(element, props.href);
  for (const [name, value] of Object.entries(props.data ?? {})) element.dataset[name] = value;
  for (const [name, value] of Object.entries(props.aria ?? {})) element.setAttribute(`aria-${name}`, value);
  for (const [name, listener] of Object.entries(props.on ?? {})) {
    if (listener) element.addEventListener(name, listener);
  }
  element.append(
    ...children.filter((child): child is Node | string => child !== undefined && child !== false),
  );
  return element;
}

export function button(label: string, onClick: () => void, props: Props = {}): HTMLButtonElement {
  return el('button', { type: 'button', ...props, on: { click: onClick } }, label);
}

export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** `accountId` -> `account id`. */
export function spellOut(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function setLink(element: HTMLElement, href: string): void {
  if (!/^(?:https?:\/\/|#)/.test(href)) return;
  element.setAttribute('href', href);
  if (href.startsWith('#')) return;
  element.setAttribute('rel', 'noreferrer noopener');
  element.setAttribute('target', '_blank');
}
