import { makeVisible } from './shown.ts';

/**
 * Text that Markdown (GitHub's and GitLab's) shows as it is: no markup, no HTML, no mention of a person,
 * no reference to an issue, no automatic link. Line breaks become visible escapes.
 */
export function escapeMarkdown(text: string): string {
  return makeVisible(text)
    .replace(/[\\`*_[\]~|$]/g, '\\$&')
    .replace(
      /^(\s*)([#+=>-])|^(\s*\d+)([.)])/,
      (_, space = '', mark = '', number = '', dot = '') => `${space}${number}\\${mark}${dot}`,
    )
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[@#](?=\w)/g, '$&<!-- -->')
    .replace(/\b(https?|ftp|www|mailto)(?=[:.])/gi, '$1<!-- -->');
}

/** Text in a code span, safe inside a table cell as well. */
export function codeSpan(text: string): string {
  const shown = makeVisible(text).replaceAll('|', '\\|');
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 || /^ | $|^$/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}
