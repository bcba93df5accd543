import { checkSync } from 'recheck';
import { describe, expect, test } from 'vitest';
import { checkPattern } from '../../src/rules/safe-pattern.ts';

const EXPONENTIAL = [
  '(a+)+$',
  '(a*)*b',
  '(?:a|a)*b',
  '(?:\\w|\\d)+=',
  '(a|aa)+$',
  '(x+x+)+y',
  '([a-z]+.?)+$',
  '(a?b?)*c',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '(?:[a-z]+|[a-m]{2})+!',
  '(\\s|\\n)*;',
];
const SAFE = [
  'gh[pousr]_[A-Za-z0-9_]{36,255}',
  '(?:foo|bar|baz)+x',
  '(?:[A-Z]{4}-)+x',
  '(ab|cd)*e',
  'key[0-9]{1,20}=[a-z]{8}',
  '(?:a?)*b',
];

describe('a pattern that can take exponentially long is refused, as an automata-based checker says too', () => {
  test.each(EXPONENTIAL)('%s', (source) => {
    expect(checkSync(source, '', { checker: 'automaton' })).toMatchObject({
      complexity: { type: 'exponential' },
    });
    expect(checkPattern(source)).toMatch(/exponentially/);
  });
});

describe('a pattern that such a checker finds linear or polynomial passes', () => {
  test.each(SAFE)('%s', (source) => {
    expect(checkSync(source, '', { checker: 'automaton' })).not.toMatchObject({
      complexity: { type: 'exponential' },
    });
    expect(checkPattern(source)).toBeUndefined();
  });
});

test.each([
  '(a{1,30}){1,30}$',
  '(x{1,50}x{1,50}){1,50}y',
  '(.{0,50}){0,50}x',
  '(\\w{1,9}\\s?){1,40}$',
  '(?:a|a){0,40}$',
])('bounds that are wide do not save %s', (source) => expect(checkPattern(source)).toMatch(/exponentially/));

test('a look-around is checked like the pattern around it', () => {
  expect(checkPattern('b(?=(a+)+$)')).toMatch(/exponentially/);
  expect(checkPattern('(?<!(a|a)*x)b')).toMatch(/exponentially/);
});

test('repetitions that hand text to each other may multiply only so far', () => {
  expect(checkPattern('a{0,90}a{0,90}b')).toBeUndefined();
  expect(checkPattern('a{0,200}a{0,200}a{0,200}b')).toMatch(/8e\+6 steps, as a\{0,200\} and a\{0,200\}/);
  expect(checkPattern('a{0,200}-b{0,200}-c{0,200}-')).toBeUndefined();
});

test('a reference to one character counts as any', () => {
  expect(checkPattern('(.)\\1{9}')).toBeUndefined();
  expect(checkPattern('(.)(?:\\1|a)+b')).toMatch(/exponentially/);
});

test('case counts when the flags say so', () => {
  expect(checkPattern('(?:a|A)+b')).toBeUndefined();
  expect(checkPattern('(?:a|A)+b', 'i')).toMatch(/exponentially/);
});

test.each([
  ['(', /Unterminated|Invalid/],
  ['(a|bc)\\1', /refers back/],
  ['a'.repeat(9000), /longer than/],
  ['(?:[a-z]{4}){4}'.repeat(100), /too large/],
])('%.20s is refused with the reason', (source, reason) => expect(checkPattern(source)).toMatch(reason));
