import { writeFileSync } from 'node:fs';
import type { State } from './state.ts';
import type { Target } from './target.ts';

/** How to take a dead key out of history. Only for a key that is proven dead: before that a rewrite hides a live leak. */
export function historyAdvice(
  { id, places }: Target,
  { proof }: State,
  replacements: string | undefined,
): string[] {
  if (!proof) return [];
  const paths = [...new Set(places.map(({ path }) => path))];
  const file = replacements ?? 'replacements.txt';
  return [
    'History: the key is dead, so the rest is tidiness. A rewrite changes every commit id after the leak and cannot call back what was already copied.',
    ...(paths.length > 0
      ? [
          `  1. Take it out of the files first: ${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ` and ${paths.length - 5} more` : ''}; commit and push.`,
        ]
      : ['  1. Take it out of the files first; commit and push.']),
    replacements
      ? `  2. ${file} holds the secret (mode 0600): delete it when you are done.`
      : `  2. Write ${file}: give --history-file ${file} with the secret at hand (--secret-stdin, or a report with secrets), or write lines of the form literal:<secret>==>REMOVED yourself.`,
    `  3. In a fresh clone: git clone --mirror <url> rewrite && cd rewrite && git filter-repo --sensitive-data-removal --replace-text ../${file}`,
    '  4. Look: git log -p --all -S <the end of the secret> must print nothing.',
    '  5. Tell everybody, then: git push --force --mirror. Open branches and pull requests must be made anew from the new history; old clones must not be pushed again.',
    `  6. Forks, pull request refs and caches of the host keep ${id} all the same: ask its support to remove them, naming the first changed commits that filter-repo prints.`,
  ];
}

/** The file for `git filter-repo --replace-text`: one literal a line, percent-encoded forms too. */
export function writeReplacements(path: string, { id, secret, sessionToken }: Target): void {
  const texts = [secret, sessionToken].flatMap((held) => (held?.known ? [held.reveal()] : []));
  const lines = [...texts.flatMap((text) => [text, encodeURIComponent(text)]), id].map(
    (text) => `literal:${text}==>REMOVED`,
  );
  writeFileSync(path, `${[...new Set(lines)].join('\n')}\n`, { mode: 0o600, flag: 'wx' });
}
