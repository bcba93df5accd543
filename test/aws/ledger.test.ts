import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkLedger, openLedger } from '../../src/aws/ledger.ts';
import { takeLock } from '../../src/aws/lock.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unleak-ledger-'));
  path = join(folder, 'ledger.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fill(count = 4) {
  const ledger = openLedger(path);
  for (let index = 0; index < count; index++)
    ledger.append({ key: 'AKIA', actor: 'arn', step: `step ${index}`, outcome: 'done' });
  return ledger;
}

it('holds what was written, each line linked to the one before, for its owner alone', () => {
  fill();
  const { entries, problem } = checkLedger(path);
  expect(problem).toBeUndefined();
  expect(entries.map(({ seq, step }) => [seq, step])).toEqual(
    [1, 2, 3, 4].map((seq) => [seq, `step ${seq - 1}`]),
  );
  expect(entries[2].previous).toBe(entries[1].hash);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('shows any change of any character, and any cut', () => {
  fill();
  const text = readFileSync(path, 'utf8');
  fc.assert(
    fc.property(fc.nat(text.length - 2), fc.constantFrom('0', 'x', '"', '\n', ' '), (at, character) => {
      fc.pre(text[at] !== character);
      writeFileSync(path, text.slice(0, at) + character + text.slice(at + 1));
      expect(checkLedger(path).problem).toBeDefined();
      writeFileSync(path, text.slice(0, at));
      expect(checkLedger(path).problem).toBeDefined();
    }),
  );
});

it('goes on after a crash that left half a line, and refuses to go on after a change', () => {
  const ledger = fill();
  appendFileSync(path, '{"seq":5,"ti');
  expect(checkLedger(path).problem).toBeUndefined();
  ledger.append({ key: 'AKIA', actor: 'arn', step: 'after', outcome: 'done' });
  const { entries, problem } = checkLedger(path);
  expect([entries.length, problem]).toEqual([5, undefined]);
  writeFileSync(path, readFileSync(path, 'utf8').replace('step 2', 'step 9'));
  expect(() => ledger.append({ key: 'AKIA', actor: 'arn', step: 'x', outcome: 'done' })).toThrow(
    /was changed: line 3 was edited/,
  );
});

it('hashes secrets with a key of this machine, so that the hash tells nothing elsewhere', () => {
  const here = openLedger(path).hashSecret('secret');
  expect(openLedger(path).hashSecret('secret')).toBe(here);
  expect(openLedger(join(folder, 'other.jsonl')).hashSecret('secret')).not.toBe(here);
});

it('a lock is held once, given back, and taken over from a process that is gone', () => {
  const unlock = takeLock(path);
  expect(() => takeLock(path)).toThrow(/is under way/);
  unlock();
  const again = takeLock(path);
  const holder = JSON.parse(readFileSync(`${path}.lock`, 'utf8'));
  // No process has a number this high: Linux ends at 2^22.
  writeFileSync(`${path}.lock`, JSON.stringify({ ...holder, pid: 2 ** 22 + 1 }));
  takeLock(path)();
  again();
});
