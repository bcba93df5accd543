import { type AST, RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';

/** A keyword shorter than this would stand everywhere. */
const MIN_LENGTH = 3;
const MAX_LENGTH = 64;
const MAX_KEYWORDS = 64;

/** Literal texts (lower case) of which every match holds one; undefined when there is no such set. */
export function literalsOf(pattern: string): string[] | undefined {
  const parser = new RegExpParser({ ecmaVersion: 2024 });
  const found = ofAlternatives(parser.parsePattern(pattern, 0, pattern.length).alternatives);
  return found && [...new Set(found)];
}

/** Whether the pattern spells out a text (lower case) somewhere. */
export function spells(pattern: string, text: string): boolean {
  let found = false;
  visitRegExpAST(new RegExpParser({ ecmaVersion: 2024 }).parsePattern(pattern, 0, pattern.length), {
    onAlternativeEnter({ elements }) {
      // A character that is no letter of its own, such as a class, ends a run.
      found ||= elements
        .map((element) => letterOf(element) ?? '\n')
        .join('')
        .includes(text);
    },
  });
  return found;
}

function ofAlternatives(alternatives: AST.Alternative[]): string[] | undefined {
  const all: string[] = [];
  for (const { elements } of alternatives) {
    const literals = ofSequence(elements);
    if (!literals) return undefined;
    all.push(...literals);
  }
  return all.length <= MAX_KEYWORDS ? all : undefined;
}

/** The set whose shortest text is longest. */
function ofSequence(elements: AST.Element[]): string[] | undefined {
  const candidates: string[][] = [];
  let run = '';
  const end = () => {
    if (run.length >= MIN_LENGTH) candidates.push([run.slice(0, MAX_LENGTH)]);
    run = '';
  };
  for (const element of elements) {
    const letter = letterOf(element);
    if (letter !== undefined) {
      run += letter;
      continue;
    }
    end();
    if (element.type === 'Group' || element.type === 'CapturingGroup') {
      const inner = ofAlternatives(element.alternatives);
      if (inner) candidates.push(inner);
    } else if (element.type === 'Quantifier' && element.min > 0) {
      const inner = ofSequence([element.element]);
      if (inner) candidates.push(inner);
    }
  }
  end();
  const shortest = (texts: string[]) => Math.min(...texts.map((text) => text.length));
  return candidates.sort((a, b) => shortest(b) - shortest(a))[0];
}

/** The character that an element stands for, in lower case: `a`, and `[aA]` too. */
function letterOf(element: AST.Element): string | undefined {
  if (element.type === 'Character') return printable(element.value);
  if (element.type !== 'CharacterClass' || element.negate) return undefined;
  const letters = element.elements.map((e) => (e.type === 'Character' ? printable(e.value) : undefined));
  return new Set(letters).size === 1 ? letters[0] : undefined;
}

function printable(code: number): string | undefined {
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code).toLowerCase() : undefined;
}
