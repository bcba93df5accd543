import { type AST, RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';

/**
 * Makes one class of a choice between single characters: `(?:.|[\r\n])` becomes `[\s\S]`. RE2 does not mind that both sides take `\r`;
 * a backtracking matcher tries both, so that 32 repetitions cost 2^32 steps.
 */
export function mergeCharacters(pattern: string, flags: string): string {
  const groups: AST.Group[] = [];
  visitRegExpAST(new RegExpParser({ ecmaVersion: 2024 }).parsePattern(pattern, 0, pattern.length), {
    onGroupEnter(group) {
      if (group.alternatives.length > 1 && group.alternatives.every(isOneCharacter)) groups.push(group);
    },
  });
  // From the end, so that earlier offsets stay right; such groups hold no others.
  return groups
    .sort((a, b) => b.start - a.start)
    .reduce((text, { start, end, alternatives }) => {
      const tests = alternatives.map(({ raw }) => new RegExp(`^(?:${raw})$`, flags));
      return text.slice(0, start) + classOf((c) => tests.some((test) => test.test(c))) + text.slice(end);
    }, pattern);
}

function isOneCharacter({ elements }: AST.Alternative): boolean {
  return elements.length === 1 && ['Character', 'CharacterClass', 'CharacterSet'].includes(elements[0].type);
}

/** A class of the Latin-1 characters that `takes`. */
function classOf(takes: (character: string) => boolean): string {
  const ranges: string[] = [];
  for (let code = 0; code < 256; code++) {
    if (!takes(String.fromCharCode(code))) continue;
    const first = code;
    while (code < 255 && takes(String.fromCharCode(code + 1))) code++;
    ranges.push(first === code ? hex(first) : `${hex(first)}-${hex(code)}`);
  }
  return ranges[0] === '\\x00-\\xff' ? '[\\s\\S]' : `[${ranges.join('')}]`;
}

function hex(code: number): string {
  const character = String.fromCharCode(code);
  return /[0-9A-Za-z_ ]/.test(character) ? character : `\\x${code.toString(16).padStart(2, '0')}`;
}
