/** Texts that nobody drew at random: the alphabet, counting, walks over the keyboard, a unit said again and again. */

/** Letters, digits or keys that follow each other. */
export function isSequence(text: string): boolean {
  if (sequenceShare(text) > 0.58) return true;
  // a1B2c3D4: the letters for themselves, and the digits.
  const letters = text.replace(/[^A-Za-z]/g, '');
  const digits = text.replace(/\D/g, '');
  return (
    letters.length >= 4 && digits.length >= 4 && sequenceShare(letters) > 0.9 && sequenceShare(digits) > 0.9
  );
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

/**
 * Whether nine neighbours in ten lie side by side on a keyboard, along its rows in either direction or down its columns:
 * `1qaz2wsx`, `poiuytrewq`, `!@#$%^&*`. Digits at the end do not count.
 */
export function isKeyboardWalk(text: string): boolean {
  const keys = text.toLowerCase().replace(/(?<=\D{6})\d{1,4}$/, '');
  if (keys.length < 6) return false;
  let jumps = 0;
  for (let i = 1; i < keys.length; i++) if (!WALKS.includes(keys.slice(i - 1, i + 1))) jumps++;
  // One jump for each four keys: where a column or a row ends.
  return jumps <= Math.floor((keys.length - 1) / 4) && jumps <= 4;
}

const ROWS = 'qwertyuiop asdfghjkl; zxcvbnm, azertyuiop qwertz 1234567890 !@#$%^&*()';
const COLUMNS = '1qaz 2wsx 3edc 4rfv 5tgb 6yhn 7ujm 8ik 9ol';
const PAIRS = '1q2w3e4r5t6y7u8i9o0p asas sdsd';
const WALKS = [ROWS, COLUMNS, PAIRS].flatMap((keys) => [keys, [...keys].reverse().join('')]).join(' ');

/**
 * Whether two counters run side by side: each character one step or none from the last but one, as in `00112233`,
 * `0f1e2d3c` and `000102030405`. Of random hexadecimal digits a fifth does.
 */
export function countsInPairs(text: string): boolean {
  if (text.length < 10) return false;
  let steps = 0;
  for (let i = 2; i < text.length; i++) {
    const distance = Math.abs(rank(text.charCodeAt(i)) - rank(text.charCodeAt(i - 2)));
    if (distance <= 1 || distance === 9 || distance === 15 || distance === 25 || distance === 35) steps++;
  }
  return steps > 0.85 * (text.length - 2);
}

/** A digit or letter by its place in base 36; others stand far apart. */
function rank(code: number): number {
  if (code >= 48 && code < 58) return code - 48;
  const folded = code | 32;
  return folded >= 97 && folded < 123 ? folded - 87 : code * 100;
}

const LONGEST_UNIT = 40;

/**
 * Whether most of a text is one unit said twice or more: ten characters in a row, and two in three of all, equal those one
 * unit before. A random hexadecimal text of 64 does so once in a billion.
 */
export function isPeriodic(text: string): boolean {
  const { length } = text;
  for (let unit = 1; unit <= LONGEST_UNIT && unit * 2 <= length; unit++) {
    let run = 0;
    for (let i = unit; i < length; i++) {
      run = text.charCodeAt(i) === text.charCodeAt(i - unit) ? run + 1 : 0;
      if (run >= 10 && run >= unit && run + unit >= 0.6 * length) return true;
    }
    if (length >= 8 && length < 20 && run === length - unit && run >= 4) return true;
  }
  return false;
}
