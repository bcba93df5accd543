import picomatch from 'picomatch';

/** What the globs of rules are made of: `**` for folders, `*`, `{a,b}` and plain characters. */
const PLAIN = /^(?:\*\*\/)?(?:[\w./~ -]|(?<=\/)\*\*(?=\/)|\*(?!\*)|\{[\w.,-]+\})+(?:\/\*\*)?$/;

/** `**` and a name without stars: looked up, for a pattern of a hundred names takes 4 ms to compile and try. */
const NAME = /^\*\*\/[^/*]+$/;

/**
 * Whether a path, with `/` between its folders, is one of those that globs name; case does not matter.
 *
 * Globs of the usual kind become a set of names and one pattern: picomatch's own, with their looks ahead, take 8 ms to
 * compile and try for the first ten paths. Nor does picomatch take a path that begins with `..`, as a scan of another
 * folder gives, for one below any folder.
 */
export function matchPaths(globs: string[]): (path: string) => boolean {
  const rest = globs.filter((glob) => !PLAIN.test(glob));
  const isRest = rest.length > 0 ? picomatch(rest, { dot: true, nocase: true }) : undefined;
  const folded = globs.filter((glob) => PLAIN.test(glob)).map((glob) => glob.toLowerCase());
  const names = new Set(folded.filter((glob) => NAME.test(glob)).flatMap((glob) => spellOut(glob.slice(3))));
  const others = folded.filter((glob) => !NAME.test(glob));
  const pattern = others.length > 0 ? patternOf(others) : undefined;
  return (path) => {
    const lower = path.toLowerCase();
    const name = lower.slice(lower.lastIndexOf('/') + 1);
    return names.has(name) || (pattern?.test(lower) ?? false) || (isRest?.(path) ?? false);
  };
}

/** `a.{b,c}` is `a.b` and `a.c`. */
function spellOut(name: string): string[] {
  const [, before, choices, after] = /^([^{]*)\{([^}]*)\}(.*)$/.exec(name) ?? [];
  if (choices === undefined) return [name];
  return choices.split(',').flatMap((choice) => spellOut(`${before}${choice}${after}`));
}

/** What may stand below any folder is tried at each slash, not by going back over all of the path. */
function patternOf(globs: string[]): RegExp {
  const anywhere = globs.filter((glob) => glob.startsWith('**/')).map((glob) => sourceOf(glob.slice(3)));
  const rooted = globs.filter((glob) => !glob.startsWith('**/')).map(sourceOf);
  const sources = [
    ...(anywhere.length > 0 ? [`(?:^|/)(?:${anywhere.join('|')})$`] : []),
    ...(rooted.length > 0 ? [`^(?:${rooted.join('|')})$`] : []),
  ];
  return new RegExp(sources.join('|'), 's');
}

function sourceOf(glob: string): string {
  return glob.replace(/\/\*\*\/|\/\*\*$|\*|\{[^}]*\}|\./g, (part) => {
    if (part === '/**/') return '/(?:.*/)?';
    if (part === '/**') return '(?:/.*)?';
    if (part === '*') return '[^/]*';
    if (part === '.') return '\\.';
    return `(?:${part.slice(1, -1).replaceAll('.', '\\.').replaceAll(',', '|')})`;
  });
}
