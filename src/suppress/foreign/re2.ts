import { mergeCharacters } from './merge-characters.ts';
import { bothCases, otherCaseOfRange, POSIX, UNICODE, withCase } from './re2-classes.ts';

/** How a pattern is to be translated. */
export interface Re2Options {
  /** The capture group (from 1) that becomes `(?<secret>...)`; 0 makes the whole match so. None when absent. */
  secretGroup?: number;
  /** Upper bound for `*`, `+` and `{n,}`; without it they stay unbounded. */
  bound?: number;
  /** Whether `^`, `$`, `\A` and `\z` mean the text's ends (allowances, tried on a secret or path alone) or the line's (rules, tried on a window of the text). */
  anchors: 'text' | 'line';
}

export interface Translated {
  /** JavaScript source, without flags but for `caseless`. */
  pattern: string;
  /** The whole pattern ignores case. */
  caseless: boolean;
  /** How many groups capture. */
  groups: number;
  /** What differs from the original, in words. */
  notes: string[];
}

interface Flags {
  i: boolean;
  m: boolean;
  s: boolean;
}

/**
 * Translates RE2's syntax (https://github.com/google/re2/wiki/Syntax) to JavaScript's.
 * @throws {Error} whose message names what cannot be translated
 */
export function translateRe2(source: string, options: Re2Options): Translated {
  const head = /^\(\?i\)/.exec(source);
  const rest = head ? source.slice(head[0].length) : source;
  const caseless = head !== null && !/\(\?[a-zA-Z]*-?[a-zA-Z]*i/.test(rest);
  const translator = new Translator(caseless ? rest : source, options);
  const body = translator.translate();
  if (options.secretGroup !== undefined && options.secretGroup > translator.groups) {
    throw new Error(
      `it has ${translator.groups} groups, and the secret should be in number ${options.secretGroup}`,
    );
  }
  const flags = caseless ? 'i' : '';
  const pattern = mergeCharacters(options.secretGroup === 0 ? `(?<secret>${body})` : body, flags);
  new RegExp(pattern, flags);
  return { pattern, caseless, groups: translator.groups, notes: [...translator.notes] };
}

class Translator {
  groups = 0;
  readonly notes = new Set<string>();
  readonly #source: string;
  readonly #options: Re2Options;
  #at = 0;

  constructor(source: string, options: Re2Options) {
    // \\Q...\\E quotes; what it quotes is spelt out, each mark with its own backslash.
    this.#source = source.replace(/\\Q([\s\S]*?)(?:\\E|$)|\\[\s\S]/g, (all, quoted?: string) =>
      quoted === undefined ? all : quoted.replace(/[!-/:-@[-`{-~]/g, '\\$&'),
    );
    this.#options = options;
  }

  translate(): string {
    const whole = this.#alternatives({ i: false, m: false, s: false });
    if (this.#at < this.#source.length) throw new Error('it has a ) without a (');
    return whole;
  }

  #alternatives(flags: Flags): string {
    let out = '';
    const own = { ...flags };
    while (this.#at < this.#source.length && this.#peek() !== ')') {
      if (this.#take('|')) {
        out += '|';
        continue;
      }
      out += this.#quantified(own);
    }
    return out;
  }

  #quantified(flags: Flags): string {
    const atom = this.#atom(flags);
    let out = atom;
    for (;;) {
      const found = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(this.#source.slice(this.#at));
      if (!found || atom === '') return out;
      this.#at += found[0].length;
      if (out !== atom) throw new Error(`it repeats a repetition (${found[0]})`);
      const lazy = this.#take('?') ? '?' : '';
      if (this.#peek() === '+') throw new Error('it has a possessive repetition, which RE2 has not either');
      out = atom + this.#bounded(found[0]) + lazy;
    }
  }

  #bounded(quantifier: string): string {
    const { bound } = this.#options;
    const open =
      quantifier === '*'
        ? 0
        : quantifier === '+'
          ? 1
          : Number(/^\{(\d+),\}$/.exec(quantifier)?.[1] ?? Number.NaN);
    if (bound === undefined || Number.isNaN(open)) return quantifier;
    this.notes.add(`repetitions without an end are bounded to ${bound}`);
    return `{${open},${Math.max(bound, open * 2)}}`;
  }

  #atom(flags: Flags): string {
    const c = this.#source[this.#at++];
    switch (c) {
      case '(':
        return this.#group(flags);
      case '[':
        return this.#class(flags);
      case '\\':
        return this.#escape(flags);
      case '.':
        return flags.s ? '[\\s\\S]' : '[^\\n]';
      case '^':
        return this.#anchor(flags.m ? 'line' : this.#options.anchors, '^');
      case '$':
        return this.#anchor(flags.m ? 'line' : this.#options.anchors, '$');
      case '*':
      case '+':
      case '?':
        throw new Error(`it repeats nothing (${c})`);
      default:
        return this.#literal(c, flags);
    }
  }

  #anchor(kind: 'text' | 'line', sign: '^' | '$'): string {
    if (kind === 'text') return sign;
    if (this.#options.anchors === 'line')
      this.notes.add(`${sign} means the line's ${sign === '^' ? 'beginning' : 'end'}`);
    return sign === '^' ? '(?<![^\\n])' : '(?![^\\r\\n])';
  }

  #group(flags: Flags): string {
    const rest = this.#source.slice(this.#at);
    const named = /^\?P?<([A-Za-z_]\w*)>/.exec(rest);
    const flagged = /^\?([a-zA-Z]*)(?:-([a-zA-Z]+))?([:)])/.exec(rest);
    let open = '(';
    let inner = flags;
    if (named) {
      this.#at += named[0].length;
      this.groups++;
    } else if (flagged) {
      const [all, on, off = '', end] = flagged;
      this.#at += all.length;
      if (/U/.test(on + off)) throw new Error('its flag U, which swaps greedy and lazy, is not supported');
      const changed = setFlags(flags, on, off);
      if (end === ')') {
        Object.assign(flags, changed);
        return '';
      }
      inner = changed;
      open = '(?:';
    } else if (rest.startsWith('?')) {
      throw new Error(`its group (${rest.slice(0, 3)} is no RE2 syntax`);
    } else this.groups++;
    if (open === '(') open = this.groups === this.#options.secretGroup ? '(?<secret>' : '(?:';
    const body = this.#alternatives(inner);
    if (!this.#take(')')) throw new Error('it has a ( without a )');
    return `${open}${body})`;
  }

  #class(flags: Flags): string {
    let out = this.#take('^') ? '[^' : '[';
    for (let first = true; ; first = false) {
      if (this.#at >= this.#source.length) throw new Error('it has a [ without a ]');
      if (!first && this.#take(']')) return `${out}]`;
      const posix = /^\[:(\^?)(\w+):\]/.exec(this.#source.slice(this.#at));
      if (posix) {
        if (posix[1] || !POSIX[posix[2]]) throw new Error(`its class ${posix[0]} is not supported`);
        this.#at += posix[0].length;
        out += POSIX[posix[2]];
        continue;
      }
      const low = this.#classMember();
      const range = /^-[^\]]/.test(this.#source.slice(this.#at));
      if (!range || low.length > 4 || /^\\[dDwWsS]$/.test(low)) {
        out += flags.i ? bothCases(low) : low;
        continue;
      }
      this.#at++;
      const high = this.#classMember();
      out += `${low}-${high}`;
      if (flags.i) out += otherCaseOfRange(low, high);
    }
  }

  /** One character or class escape, as it stands inside brackets. */
  #classMember(): string {
    const c = this.#source[this.#at++];
    if (c !== '\\') return /[\]\\^[-]/.test(c) ? `\\${c}` : this.#printable(c, true);
    return this.#escapedInClass();
  }

  #escapedInClass(): string {
    const { kind, text } = this.#escapeText();
    if (kind === 'assertion') throw new Error(`its \\${text} cannot stand in brackets`);
    return text;
  }

  #escape(flags: Flags): string {
    const { kind, text } = this.#escapeText();
    if (kind === 'unicode') return `[${text}]`;
    if (kind === 'assertion')
      return text === 'A'
        ? this.#anchor(this.#options.anchors, '^')
        : text === 'z'
          ? this.#anchor(this.#options.anchors, '$')
          : `\\${text}`;
    return flags.i ? withCase(text) : text;
  }

  /** What follows a backslash, translated. */
  #escapeText(): { kind: 'text' | 'unicode' | 'assertion'; text: string } {
    const rest = this.#source.slice(this.#at);
    const found =
      /^(?:x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|([0-7]{2,3}|0)|([pP])(?:\{(\^?\w+)\}|(\w))|([dDwWsSfnrtv])|([AzbB])|([^\w\s]|_| ))/.exec(
        rest,
      );
    if (!found) {
      if (/^\d/.test(rest)) throw new Error(`it refers back to a group (\\${rest[0]}), which RE2 has not`);
      if (rest[0] === 'a') {
        this.#at++;
        return { kind: 'text', text: '\\x07' };
      }
      throw new Error(rest ? `its escape \\${rest[0]} is not supported` : 'it ends in a backslash');
    }
    this.#at += found[0].length;
    const [, long, short, octal, sign, name, letter, perl, assertion, mark] = found;
    const code =
      (long ?? short) ? Number.parseInt(long ?? short, 16) : octal ? Number.parseInt(octal, 8) : undefined;
    if (code !== undefined) {
      if (code > 0xff) throw new Error(`its character \\x{${long}} lies beyond Latin-1`);
      return { kind: 'text', text: `\\x${code.toString(16).padStart(2, '0')}` };
    }
    if (sign) {
      const content = UNICODE[name ?? letter];
      if (sign === 'P' || !content)
        throw new Error(`its class \\${sign}{${name ?? letter}} is not supported`);
      this.notes.add(
        `\\p{${name ?? letter}} means ASCII${/L$/.test(name ?? letter) ? ' and all bytes beyond it' : ''}`,
      );
      return { kind: 'unicode', text: content };
    }
    if (perl) return { kind: 'text', text: `\\${perl}` };
    if (assertion) return { kind: 'assertion', text: assertion };
    return {
      kind: 'text',
      text: /[\^$\\.*+?()[\]{}|/-]/.test(mark) ? `\\${mark}` : this.#printable(mark, false),
    };
  }

  #literal(c: string, flags: Flags): string {
    const escaped = /[{}\]/]/.test(c) ? `\\${c}` : this.#printable(c, false);
    return flags.i ? withCase(escaped) : escaped;
  }

  /** Rules match text byte by byte, so there a character beyond ASCII is the bytes of its UTF-8; a control character is escaped. */
  #printable(c: string, inBrackets: boolean): string {
    const code = c.charCodeAt(0);
    if (code >= 0x20 && code < 0x7f) return c;
    if (code < 0x80 || this.#options.anchors === 'text') return `\\u${code.toString(16).padStart(4, '0')}`;
    if (inBrackets || /[\ud800-\udfff]/.test(c)) throw new Error(`its character ${c} lies beyond ASCII`);
    return `(?:${[...Buffer.from(c)].map((byte) => `\\x${byte.toString(16)}`).join('')})`;
  }

  #peek(): string | undefined {
    return this.#source[this.#at];
  }

  #take(c: string): boolean {
    if (this.#source[this.#at] !== c) return false;
    this.#at++;
    return true;
  }
}

function setFlags(flags: Flags, on: string, off: string): Flags {
  const changed = { ...flags };
  for (const [letters, value] of [
    [on, true],
    [off, false],
  ] as const) {
    for (const letter of letters) {
      if (letter !== 'i' && letter !== 'm' && letter !== 's')
        throw new Error(`its flag ${letter} is not supported`);
      changed[letter] = value;
    }
  }
  return changed;
}
