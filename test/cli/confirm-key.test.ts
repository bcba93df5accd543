import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { confirmKey } from '../../src/cli/confirm-key.ts';

const ID = 'AKIA-under-test';

function terminal(typed: string) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  stdin.write(`${typed}\n`);
  const stderr = new PassThrough();
  return {
    stdin,
    stderr,
    stdout: new PassThrough(),
    env: {},
    cwd: '/',
    signal: new AbortController().signal,
  };
}

it('goes on when the id was typed, and asks on standard error', async () => {
  const io = terminal(ID);
  await confirmKey(ID, undefined, io);
  expect(String(io.stderr.read())).toContain(`Type the key id to go on (${ID})`);
});

it.each(['', 'yes', 'AKIA-another'])('does nothing when %j was typed', async (typed) => {
  await expect(confirmKey(ID, undefined, terminal(typed))).rejects.toThrow('nothing was done');
});

it('takes --yes with the id, and with no other', async () => {
  await confirmKey(ID, ID, terminal(''));
  await expect(confirmKey(ID, 'AKIA-another', terminal(ID))).rejects.toThrow(
    /--yes AKIA-another is not the key/,
  );
});
