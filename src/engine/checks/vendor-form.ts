import { builtInForms } from '../../rules/catalogue.ts';
import { isPlainName } from './service-name.ts';

/**
 * What a value begins with, if that tells the vendor: a token of that vendor has a rule of its own, and what that rule does not
 * take has another length, alphabet or checksum than its tokens.
 */
export function findVendorPrefix(value: string): string | undefined {
  const { prefixes, longest } = readForms();
  for (let length = Math.min(longest, value.length - 1); length >= 3; length--) {
    const prefix = value.slice(0, length);
    if (prefixes.has(prefix)) return prefix;
  }
  return undefined;
}

/** Whether a rule knows its secrets by this name: `DD_API_KEY`, whose keys are 32 hexadecimal digits. */
export function isVendorName(name: string): boolean {
  let answer = answers.get(name);
  if (answer === undefined) {
    if (answers.size === MOST_ANSWERS) answers.clear();
    answers.set(name, (answer = isKnown(name)));
  }
  return answer;
}

/** A repository has few names and many places where they stand. */
const answers = new Map<string, boolean>();
const MOST_ANSWERS = 5000;

function isKnown(name: string): boolean {
  const folded = name.toLowerCase();
  return readForms().names.some((known) => {
    if (!known.keywords.some((keyword) => folded.includes(keyword))) return false;
    known.pattern ??= new RegExp(`${known.source}$`);
    return known.pattern.test(name);
  });
}

interface Forms {
  prefixes: Set<string>;
  longest: number;
  names: { keywords: string[]; source: string; pattern?: RegExp }[];
}

let forms: Forms | undefined;

function readForms(): Forms {
  if (forms) return forms;
  const { prefixes, names } = builtInForms();
  forms = {
    prefixes: new Set(prefixes),
    longest: Math.max(...prefixes.map((prefix) => prefix.length)),
    // `jwt_secret` names no vendor.
    names: names.map(([keywords, source]) => ({
      keywords: keywords.filter((keyword) => !isPlainName(keyword)),
      source,
    })),
  };
  return forms;
}
