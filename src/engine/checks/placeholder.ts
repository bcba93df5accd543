import { countsInPairs, isKeyboardWalk, isPeriodic, isSequence } from './sequence.ts';
import { isShown } from './shown-values.ts';
import { readWording } from './vocabulary.ts';

/** Words that say "put yours here". None is shorter than five letters, so that a random token holds one by chance less than once in a hundred thousand. */
const WORDS =
  /example|placeholder|change[-_]?(?:me|this|it)|your[-_ ]?[\w-]{0,40}(?:key|token|secret|pass|id|here)|(?:insert|replace|enter|paste)[-_ ]?\w*(?:here|me|with|your|key|token)|redacted|removed|xxxxx|dummy|sample|foobar|deadbeef|cafe(?:babe|cafe|f00d)|baadf00d|feedface|facefeed|c0ffee|3141592653|2718281828|notareal|not[-_]a[-_]real|fake[-_]|[-_]fake|fakekey|faketoken|lorem|todo[-_]|t0ken|testing?[-_]?(?:key|token|secret)|masked|sanitized|obfuscated|never[-_]?mind|invalid/i;

/** A reference to where the secret really is: `${NAME}`, `{{ name }}`, `$(command)`, `%NAME%`, `<name>`, `#{name}`, `@name@`. */
const REFERENCE =
  /\$\{|\{\{|\$\(|^\$[A-Za-z_]|^%[A-Za-z_]\w*%$|<[A-Za-z_][\w .-]*>|#\{|^@\w+@$|^\[[\w -]+\]$|^:[a-z_]+$/;

/** Signs that hide a part of a value, or show that it goes on: three asterisks or dots, four x of one case, an ellipsis, bullets, blocks; also as UTF-8 read byte by byte. */
const HIDDEN =
  /\*{3}|\.{3}|x{4}|X{4}|\u2026|[\u2022\u25cf\u2588]{2}|\xe2\x80\xa6|(?:\xe2(?:\x80\xa2|\x97\x8f|\x96\x88)){2}/;

/** What a vendor begins its tokens with: `sk-ant-api03-`, `ghp_`, `dp.pt.`. */
const PREFIX = /^(?:Bearer |Basic |Token )?(?:[A-Za-z][A-Za-z0-9]{0,9}[_.-]){1,4}/;

/** `_passwd`, `-api-key`. */
const LAST_WORDS = /(?:[_-][a-z]{2,12}){1,3}$/i;

/** UUIDs that RFC 4122, RFC 9562 and every page about UUIDs show. */
const SHOWN_UUIDS =
  /123e4567-e89b-12d3-a456-42\d{10}|550e8400-e29b-41d4-a716-44\d{10}|f81d4fae-7dec-11d0-a765-00a0c91e6bf6|6ba7b81\d-9dad-11d1-80b4-00c04fd430c8/i;

/** @returns why the text is no secret, or undefined when it may be one */
export function findPlaceholder(text: string): string | undefined {
  if (REFERENCE.test(text)) return 'a reference, not a value';
  const word = WORDS.exec(text);
  if (word) return `a placeholder: it says "${word[0].toLowerCase()}"`;
  if (/^[*.xX\-_ #?]+$/.test(text) || isMasked(text)) return 'a mask';
  if (/^(.)\1{2,}$/.test(text) || (text.length >= 6 && new Set(text).size <= 2))
    return 'one or two characters repeated';
  if (/(.)\1{6}/.test(text)) return 'one character seven times in a row';
  if (text.length > LONGEST) return undefined;
  if (SHOWN_UUIDS.test(text)) return 'a UUID that documentation shows';
  if (isShown(text)) return 'a value that documentation shows';
  const body = text.replace(PREFIX, '');
  const stem = text.replace(LAST_WORDS, (words) => (readWording(words) ? '' : words));
  const parts = [...new Set([text, body, stem])].filter((part) => part === text || part.length >= 6);
  // `LTAI1a2b3c4d5e6f`
  if (/^[A-Za-z]{4}.{12}/.test(text)) parts.push(text.slice(4));
  if (parts.some(isPeriodic)) return 'a short text repeated';
  if (parts.some(isCounted)) return 'a sequence such as abc or 123';
  // Hexadecimal digits stand on the home row too, without being typed there.
  if (!/[0-9a-f]{16}/i.test(text) && homeRowShare(text) > 0.8) return 'typed on the home row';
  return undefined;
}

/** Longer ones are keys, documents and encrypted values: what is looked for here stands in them by chance. */
const LONGEST = 256;

function isMasked(text: string): boolean {
  if (text.length > LONGEST) return false;
  if (HIDDEN.test(text)) return true;
  // A prefix and no more than a sign or two: `nfp_000`, `AKIAxxx`.
  if (/^[A-Za-z][\w.-]{0,14}?(?:[_.-]([\w.*#?-])\1{2,}|xxx|XXX)$/.test(text)) return true;
  // Each group one sign: `XXXX-0000-1111`.
  const groups = text.split(/[-_.: /]/);
  return groups.length > 1 && groups.every((group) => group !== '' && new Set(group).size === 1);
}

function isCounted(text: string): boolean {
  return (
    (text.length >= 8 && isSequence(text)) ||
    /^(?:abcd?|xyz|qwe|asd)[-_]?1234?5?$/i.test(text) ||
    isKeyboardWalk(text) ||
    countsInPairs(text.replaceAll('-', ''))
  );
}

/** Share of the letters that lie where the fingers rest: 0.35 of random ones, 0.9 of `asdkljfhalksdjf`. Of fewer than 16, or of a number in hexadecimal, it says nothing. */
function homeRowShare(text: string): number {
  const letters = text.match(/[A-Za-z]/g)?.length ?? 0;
  if (letters < 16 || letters < 0.75 * text.length) return 0;
  return (text.match(/[asdfghjkl]/gi)?.length ?? 0) / letters;
}
