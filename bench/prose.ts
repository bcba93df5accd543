import type { Random } from '../src/rules/random.ts';

const WORDS =
  'account array assert async await base before buffer build cache call class client column config const count create data default define delete describe each else error event example export fetch field file filter find format from function group handle header host import index input item key label length level line list load local map message method model module name node number object option order output page parse password path point port process query read record render request response result return route rule scope select server session set size source start state status store string style table target test text then throw time token type update user valid value view while width write'.split(
    ' ',
  );
const JOINTS = [' ', ' ', ' ', '.', '_', ' = ', '(', ', ', ": '", '/'];

/** A line that has the letters and the labels of source code, but neither its sense nor a secret. */
export function writeLine(random: Random): string {
  let line = '  '.repeat(random(4));
  for (let words = 2 + random(8); words > 0; words--) {
    line += WORDS[random(WORDS.length)];
    line += random(40) === 0 ? ` ${random(1e9).toString(36)}` : JOINTS[random(JOINTS.length)];
  }
  return line;
}

export function writeLines(random: Random, count: number): string[] {
  return Array.from({ length: count }, () => writeLine(random));
}
