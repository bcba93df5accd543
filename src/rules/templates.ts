import { crc32 } from 'node:zlib';
import { GENERATORS } from './generators.ts';
import { type Random, seededRandom } from './random.ts';

/**
 * Expands an example's template, so that rule files hold nothing that looks like a live secret.
 *
 * `{name}` and `{name:argument}` are replaced when `name` is a generator (`generators.ts` lists them); other braces
 * stay as they are. `{base64-of:TEXT}` and its like take a template as their argument. The same seed gives the same text.
 */
export function expandTemplate(template: string, seed: number): string {
  return expand(template, seededRandom(`${seed}:${template}`));
}

/** Generators of what depends on the text before them. */
const CHECKSUMS: Record<string, (before: string, argument: string) => string> = {
  /** `{crc32:30}`: CRC-32 of the 30 characters before, as six base62 digits: GitHub's and npm's tokens end so. */
  crc32: (before, argument) => base62(crc32(before.slice(-Number(argument || 30))), 6),
  /** `{crc32-base36:56}`: CRC-32 of the 56 characters before, as seven base36 digits: GitLab's routable tokens end so. */
  'crc32-base36': (before, argument) =>
    crc32(before.slice(-Number(argument)))
      .toString(36)
      .padStart(7, '0'),
  /** `_{crc32-hex:37}`: CRC-32 of the 37 characters before the `_`, as hex with the lowest byte first: Grafana's tokens end so. */
  'crc32-hex': (before, argument) => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc32(before.replace(/_$/, '').slice(-Number(argument))));
    return sum.toString('hex');
  },
};

/** Generators that encode an expanded template. */
const ENCODERS: Record<string, (text: string) => string> = {
  'base64-of': (text) => Buffer.from(text).toString('base64'),
  'base64url-of': (text) => Buffer.from(text).toString('base64url'),
  'hex-of': (text) => Buffer.from(text).toString('hex'),
  'percent-of': (text) =>
    text.replace(/[^A-Za-z0-9]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`),
  'json-of': (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
};

function expand(template: string, random: Random): string {
  let out = '';
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('{', at);
    if (open < 0) break;
    const call = readCall(template, open);
    out += template.slice(at, open);
    if (!call) {
      out += '{';
      at = open + 1;
      continue;
    }
    const { name, argument, end } = call;
    if (name in ENCODERS) out += ENCODERS[name](expand(argument, random));
    else if (name in CHECKSUMS) out += CHECKSUMS[name](out, argument);
    else out += GENERATORS[name](argument, random);
    at = end;
  }
  return out + template.slice(at);
}

/** The generator call that begins at the brace at `open`, or undefined when it is an ordinary brace. */
function readCall(template: string, open: number) {
  const head = /^\{([a-z][a-z0-9-]*)(?=[:}])/i.exec(template.slice(open, open + 40));
  if (!head || !(head[1] in GENERATORS || head[1] in ENCODERS || head[1] in CHECKSUMS)) return undefined;
  let depth = 0;
  for (let i = open; i < template.length; i++) {
    if (template[i] === '{') depth++;
    else if (template[i] === '}' && --depth === 0) {
      return { name: head[1], argument: template.slice(open + head[0].length + 1, i), end: i + 1 };
    }
  }
  return undefined;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function base62(value: number, width: number): string {
  let digits = '';
  for (let rest = value; rest > 0; rest = Math.floor(rest / 62)) digits = BASE62[rest % 62] + digits;
  return digits.padStart(width, '0');
}
