import { inspect } from 'node:util';

/** Every mask has the same width, so that it says nothing about the length of what it hides. */
const MASK = '********';

/** A secret shorter than this (characters) shows none of its end: four characters would be too large a part of it. */
const MIN_LENGTH_FOR_TAIL = 20;

/**
 * The only holder of a secret's text. Printing, logging, inspecting or serialising it gives the mask;
 * the text itself comes out of `reveal()` alone, so that a search for that word shows every place that uses it.
 */
export class Secret {
  readonly #text: string | undefined;
  /** What may be shown: the vendor's public prefix, a mask of fixed width, at most the last four characters. */
  readonly mask: string;

  private constructor(text: string | undefined, mask: string) {
    this.#text = text;
    this.mask = mask;
  }

  /** @param prefix leading part of `text` that names the vendor and is the same in all its tokens, such as `ghp_` */
  static of(text: string, prefix = ''): Secret {
    return new Secret(text, maskText(text, prefix));
  }

  /** A secret whose text is gone, as read back from a report. */
  static masked(mask: string): Secret {
    return new Secret(undefined, mask);
  }

  get known(): boolean {
    return this.#text !== undefined;
  }

  /** @throws {Error} when only the mask is known */
  reveal(): string {
    if (this.#text === undefined)
      throw new Error('this secret was read from a masked report: its text is not known');
    return this.#text;
  }

  toString(): string {
    return this.mask;
  }

  toJSON(): string {
    return this.mask;
  }

  [inspect.custom](): string {
    return `Secret(${this.mask})`;
  }
}

function maskText(text: string, prefix: string): string {
  const head = text.startsWith(prefix) ? prefix : '';
  const rest = text.length - head.length;
  const tail = rest >= MIN_LENGTH_FOR_TAIL && !/\s/.test(text) ? text.slice(-4) : '';
  return head + MASK + tail;
}
