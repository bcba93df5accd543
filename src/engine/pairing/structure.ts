/** Costs of what may stand between two values of one record. A pair is the cheaper the closer its record holds it together. */
const NEW_LINE = 1;
const BLANK_LINE = 3;
/** Leaving an object, array, call or block, and entering another. */
const LEAVE = 3;
const ENTER = 1;
/** A section header of an INI file, a document mark of YAML, a new element of a list of records. */
const NEW_RECORD = 60;
/** Bytes that weigh as much as a new line. */
const BYTES_PER_LINE = 200;

const SECTION =
  /^[ \t]*(?:\[[^\]\n]{1,80}\][ \t]*$|---[ \t]*$|<\/?(?:profile|credential|account|user|entry|item)s?\b)/i;

/**
 * How far apart two values are in the structure of their text, by what stands between them: nothing but a comma in
 * one CSV row, a line in one INI section, a closed and an opened brace in two JSON objects.
 */
export function structuralDistance(between: string): number {
  let cost = between.length / BYTES_PER_LINE;
  let depth = 0;
  let lowest = 0;
  for (const c of between) {
    if (c === '{' || c === '[' || c === '(') depth++;
    else if (c === '}' || c === ']' || c === ')') lowest = Math.min(lowest, --depth);
  }
  cost += -lowest * LEAVE + (depth - lowest) * ENTER;
  const lines = between.split(/\r?\n|\\n/);
  for (let i = 1; i < lines.length; i++) {
    cost += NEW_LINE;
    if (i < lines.length - 1 && lines[i].trim() === '') cost += BLANK_LINE;
    // The last piece is the beginning of the line that the second value stands on.
    if (i < lines.length - 1 && SECTION.test(lines[i])) cost += NEW_RECORD;
  }
  return cost;
}

/**
 * How many words the names of two values share beyond the usual ones: DEV in `AWS_KEY_DEV` and `AWS_SECRET_DEV`.
 * @param first text of the line before the one value
 * @param second text of the line before the other
 */
export function sharedNameWords(first: string, second: string): number {
  const words = new Set(nameWords(first));
  return nameWords(second).filter((word) => words.has(word)).length;
}

const USUAL = new Set(
  'aws access key keys id secret token session amazon s3 iam value default export set env const let var string name user the a private public static final'.split(
    ' ',
  ),
);

function nameWords(line: string): string[] {
  const name = /([A-Za-z][\w.-]*)["'\])]*\s*(?:=>|:=|=|:|,|\()?\s*["'`]?$/.exec(line.slice(-80))?.[1] ?? '';
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word && !USUAL.has(word));
}
