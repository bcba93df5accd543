import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printAllObjects, printObjects } from '../../src/git/fallback.ts';
import { TestRepository } from './build.ts';

let repo: TestRepository;
beforeAll(() => {
  repo = new TestRepository();
  repo
    .write('small', 'small\n')
    .write('empty', '')
    .write('big', Buffer.alloc(300_000, 'big and dull '))
    .commit('first');
  repo.bytes(['hash-object', '-w', '--stdin'], 'in no commit');
});
afterAll(() => repo.remove());

describe('objects as git prints them', () => {
  it('are all there, dangling ones too', async () => {
    const seen = new Map<string, string>();
    for await (const { id, type, bytes } of printAllObjects(repo.options)) seen.set(id, `${type} ${bytes}`);
    const truth = [...repo.objects()].map(([id, { type, bytes }]) => [id, `${type} ${bytes}`] as const);
    expect(new Map([...seen].sort())).toEqual(new Map(truth.sort()));
    expect([...seen.values()]).toContain('blob in no commit');
  });

  it('come in pieces when large, whether the pieces are read or not', async () => {
    const read: Buffer[] = [];
    let count = 0;
    for await (const { pieces, bytes } of printAllObjects(repo.options, { large: 1000 })) {
      count++;
      expect(pieces === undefined).toBe(bytes !== undefined);
      if (pieces) for await (const piece of pieces) read.push(piece);
    }
    expect(Buffer.concat(read).toString()).toBe(Buffer.alloc(300_000, 'big and dull ').toString());
    let unread = 0;
    for await (const _ of printAllObjects(repo.options, { large: 1000 })) unread++;
    expect(unread).toBe(count);
  });

  it('are named when they are missing', async () => {
    const missing: string[] = [];
    const ids = ['1234567890123456789012345678901234567890', repo.git('rev-parse', 'HEAD:small')];
    const found: string[] = [];
    for await (const { bytes } of printObjects(ids, repo.options, {
      onMissing: (one) => missing.push(one.path),
    })) {
      found.push(String(bytes));
    }
    expect(missing).toEqual([`object ${ids[0]}`]);
    expect(found).toEqual(['small\n']);
  });

  it('are named when git cannot read them, with what it said', async () => {
    const broken = new TestRepository();
    broken.write('a', 'a').commit('a');
    const id = broken.git('rev-parse', 'HEAD:a');
    rmSync(join(broken.dir, '.git/objects', id.slice(0, 2), id.slice(2)));
    broken.write(`.git/objects/${id.slice(0, 2)}/${id.slice(2)}`, 'no object');
    const said: string[] = [];
    const options = { ...broken.options, onWarning: (text: string) => said.push(text) };
    for await (const one of printAllObjects(options, { onMissing: ({ path }) => said.push(path) })) {
      expect(one.id).not.toBe(id);
    }
    expect(said).toContain(`object ${id}`);
    expect(said.join()).toContain('unable to unpack');
    broken.remove();
  });

  it('end in an error when there is no repository', async () => {
    const nowhere = { ...repo.options, cwd: tmpdir() };
    await expect(printAllObjects(nowhere).next()).rejects.toThrow(/not a git repository/);
  });
});
