/** The globs that hold for the same paths as an (RE2) pattern, when it is one that globs can say. */
export function globOfPattern(pattern: string): string[] | undefined {
  // Case is spelt out nowhere in globs, so a caseless pattern of letters is none.
  const plain = pattern.replace(/^\^?\(\^\|\/\)/, '^|/');
  const start = plain.startsWith('^|/') ? 'any' : plain.startsWith('^') ? 'top' : 'inside';
  const end = /(?<!\\)\$$/.test(plain);
  const body = plain.replace(/^\^\|\/|^\^/, '').replace(/(?<!\\)\$$/, '');
  const globs = expandGroups(body)?.map((text) => globOf(text));
  if (!globs || globs.some((glob) => glob === undefined)) return undefined;
  return globs.flatMap((glob) => placed(glob!, start, end));
}

function placed(glob: string, start: 'any' | 'top' | 'inside', end: boolean): string[] {
  const head = start === 'top' ? '/' : start === 'any' ? '**/' : glob.startsWith('*') ? '**/' : '**/*';
  const tail = end || glob.endsWith('**') ? [''] : glob.endsWith('/') ? ['**'] : ['*', '*/**'];
  return tail.map((rest) => `${head}${glob}${rest}`);
}

/** Literals, `.*` and `[^/]*`. */
function globOf(text: string): string | undefined {
  let out = '';
  for (let rest = text; rest; ) {
    const found = /^(?:(\.\*\??|\.\+)|(\[\^\/\][*+])|\\([.\-/_])|([\w/-]))/.exec(rest);
    if (!found) return undefined;
    const [all, any, segment, escaped, plain] = found;
    if (any) {
      // `.*` crosses folders: only as a whole segment does a glob say so.
      const alone = (out === '' || out.endsWith('/')) && rest[all.length] !== undefined;
      out += alone && rest[all.length] === '/' ? '**' : out === '' ? '*' : out.endsWith('/') ? '**/*' : '*';
    } else out += segment ? '*' : (escaped ?? plain);
    rest = rest.slice(all.length);
  }
  return out === '' ? undefined : out;
}

/** One level of `(a|b)` and `(?:a|b)`, written out. */
function expandGroups(text: string): string[] | undefined {
  if (/\(\?i\)/.test(text)) return undefined;
  const group = /\((?:\?:)?([^()]*)\)(?![?*+{])/.exec(text);
  if (!group) return /[()|]/.test(text) ? undefined : [text];
  const [all, inner] = group;
  const texts = inner
    .split('|')
    .map((one) => text.slice(0, group.index) + one + text.slice(group.index + all.length));
  const expanded = texts.map(expandGroups);
  return expanded.every((one) => one !== undefined) ? expanded.flat() : undefined;
}
