import picomatch from 'picomatch';

/** More than these make the expressions that picomatch compiles to backtrack: each star of a segment multiplies the steps by its length. */
const MAX_STARS_IN_SEGMENT = 4;
const MAX_GLOBSTARS = 4;
const MAX_LENGTH = 1024;

/**
 * Matches `/`-separated relative paths as .gitignore does: a pattern without a slash holds for a name at any depth, one with a slash from
 * the top, and what names a folder or an archive holds for all in it. `*`, `?`, `[a-z]`, `{a,b}` and `**` are special; case matters.
 */
export function compileGlobs(patterns: readonly string[]): (path: string) => boolean {
  if (patterns.length === 0) return () => false;
  const full = patterns.flatMap((pattern) => {
    const trimmed = pattern.replace(/^\.?\//, '').replace(/\/+$/, '');
    const rooted = /^\.?\/./.test(pattern) || trimmed.includes('/');
    const glob = rooted ? trimmed : `**/${trimmed}`;
    return [glob, `${glob}/**`];
  });
  const matches = picomatch(full, { dot: true, noextglob: true, nonegate: true });
  return (path) => matches(path) || (path.includes('!/') && matches(path.slice(0, path.indexOf('!/'))));
}

/** Why a glob is not taken, or undefined when it is fine. */
export function checkGlob(pattern: string): string | undefined {
  if (pattern.trim() === '') return 'it is empty';
  if (pattern.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`;
  if (pattern.startsWith('!')) return 'it begins with !: settings are not negated, name what is meant';
  const segments = pattern.split('/');
  if (segments.filter((segment) => segment === '**').length > MAX_GLOBSTARS)
    return `it has more than ${MAX_GLOBSTARS} ** and would be slow to match`;
  const tooMany = segments.find((s) => s !== '**' && (s.match(/\*+/g) ?? []).length > MAX_STARS_IN_SEGMENT);
  if (tooMany) return `${tooMany} has more than ${MAX_STARS_IN_SEGMENT} stars and would be slow to match`;
  return undefined;
}
