/** Words that say "put yours here". None is shorter than five letters, so that a random token holds one by chance less than once in a hundred thousand. */
const WORDS =
  /example|placeholder|change[-_]?(?:me|this|it)|your[-_ ]?[\w-]{0,40}(?:key|token|secret|pass|id|here)|(?:insert|replace|enter|paste)[-_ ]?\w*(?:here|me|with|your|key|token)|redacted|removed|xxxxx|dummy|sample|foobar|deadbeef|notareal|not[-_]a[-_]real|fake[-_]|[-_]fake|fakekey|faketoken|lorem|todo[-_]|t0ken|testing?[-_]?(?:key|token|secret)|masked|sanitized|obfuscated|never[-_]?mind|invalid/i;

/** A reference to where the secret really is: `${NAME}`, `{{ name }}`, `$(command)`, `%NAME%`, `<name>`, `#{name}`, `@name@`. */
const REFERENCE =
  /\$\{|\{\{|\$\(|^\$[A-Za-z_]|^%[A-Za-z_]\w*%$|<[A-Za-z_][\w .-]*>|#\{|^@\w+@$|^\[[\w -]+\]$|^:[a-z_]+$/;

/** @returns why the text is no secret, or undefined when it may be one */
export function findPlaceholder(text: string): string | undefined {
  if (REFERENCE.test(text)) return 'a reference, not a value';
  const word = WORDS.exec(text);
  if (word) return `a placeholder: it says "${word[0].toLowerCase()}"`;
  if (/^[*.xX\-_ #?]+$/.test(text)) return 'a mask';
  if (text.length >= 6 && /(.)\1*(?:\1|$)/.test(text) && new Set(text).size <= 2)
    return 'one or two characters repeated';
  if (/(.)\1{6}/.test(text)) return 'one character seven times in a row';
  const unit = /^(.{1,8}?)\1{2,}.{0,7}$/s.exec(text);
  if (unit && text.length >= 8 && text.startsWith(unit[1].repeat(3))) return 'a short text repeated';
  if (text.length >= 8 && isSequence(text)) return 'a sequence such as abc or 123';
  // Hexadecimal digits stand on the home row too, without being typed there.
  if (!/[0-9a-f]{16}/i.test(text) && homeRowShare(text) > 0.8) return 'typed on the home row';
  return undefined;
}

/** Letters, digits or keys that follow each other. */
export function isSequence(text: string): boolean {
  if (sequenceShare(text) > 0.55) return true;
  // a1B2c3D4: the letters for themselves, and the digits.
  const letters = text.replace(/[^A-Za-z]/g, '');
  const digits = text.replace(/\D/g, '');
  return (
    letters.length >= 4 && digits.length >= 4 && sequenceShare(letters) > 0.9 && sequenceShare(digits) > 0.9
  );
}

/** Share of the letters that lie where the fingers rest: 0.35 of random ones, 0.9 of `asdkljfhalksdjf`. Of fewer than 16, or of a number in hexadecimal, it says nothing. */
function homeRowShare(text: string): number {
  const letters = text.match(/[A-Za-z]/g)?.length ?? 0;
  if (letters < 16 || letters < 0.75 * text.length) return 0;
  return (text.match(/[asdfghjkl]/gi)?.length ?? 0) / letters;
}

/** Share of neighbours that follow each other in the alphabet, the digits or on the keyboard, in either direction. */
function sequenceShare(text: string): number {
  const folded = text.toLowerCase();
  let steps = 0;
  for (let i = 1; i < folded.length; i++) {
    const step = folded.charCodeAt(i) - folded.charCodeAt(i - 1);
    const pair = folded.slice(i - 1, i + 1);
    if (step === 1 || step === -1 || pair === '90' || KEYBOARD.includes(pair)) steps++;
  }
  return steps / (folded.length - 1);
}

const KEYBOARD = 'qwertyuiop asdfghjkl zxcvbnm 1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8o9p0';
