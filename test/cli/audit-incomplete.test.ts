import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lines, Repository, temporaryFolder } from '../sources/repository.ts';
import { audit, BIN, commit, tick, token } from './audit-run.ts';

/** Two commits with the key in the second. */
function project(): { repository: Repository; key: string; blob: string } {
  const repository = new Repository();
  commit(repository, 'first', { 'a.txt': lines(50) });
  const key = commit(repository, 'key', { k: `${token(1)}\n` });
  return { repository, key, blob: repository.git('rev-parse', 'HEAD:k') };
}

function looseFile({ dir }: Repository, id: string): string {
  return join(dir, '.git/objects', id.slice(0, 2), id.slice(2));
}

function packFiles({ dir }: Repository, ending: string): string[] {
  const folder = join(dir, '.git/objects/pack');
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
}

describe('an audit that cannot read everything is never clean', () => {
  test('a shallow clone is named', () => {
    const { repository } = project();
    commit(repository, 'clean again', { k: 'clean\n' });
    const dir = join(temporaryFolder(), 'shallow');
    repository.git('clone', '-q', '--depth=1', `file://${repository.dir}`, dir);
    const { status, scan, findings } = audit({ dir, env: repository.env });
    expect([status, findings]).toEqual([3, []]);
    expect(scan.complete).toBe(false);
    expect(scan.skipped).toHaveLength(1);
    expect(scan.skipped[0].reason).toMatch(/shallow.*--unshallow/);
  });

  test('a partial clone is named with its missing objects, and nothing is fetched', () => {
    const { repository, blob } = project();
    commit(repository, 'clean again', { k: 'clean\n' });
    repository.git('config', 'uploadpack.allowFilter', 'true');
    repository.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    const dir = join(temporaryFolder(), 'partial');
    repository.git('clone', '-q', '--filter=blob:none', `file://${repository.dir}`, dir);
    const partial = new Repository(['--existing'], dir, repository.env);
    const before = partial.git('count-objects', '-v');
    const { status, scan, findings } = audit(partial);
    expect([status, findings]).toEqual([3, []]);
    expect(scan.skipped.map(({ path }) => path)).toContain(`object ${blob}`);
    expect(scan.skipped.some(({ reason }) => /partial/.test(reason))).toBe(true);
    expect(partial.git('count-objects', '-v')).toBe(before);
  });

  test('a missing object is named', () => {
    const { repository, blob } = project();
    rmSync(looseFile(repository, blob));
    const { status, scan } = audit(repository);
    expect(status).toBe(3);
    expect(scan.skipped).toMatchObject([
      { path: `object ${blob}`, reason: expect.stringContaining('missing') },
    ]);
  });

  test('a corrupt loose object is named, and the rest is read', () => {
    const { repository, blob } = project();
    commit(repository, 'other', { other: token(2) });
    rmSync(looseFile(repository, blob));
    writeFileSync(looseFile(repository, blob), 'no zlib at all');
    const { status, scan, places } = audit(repository);
    expect(status).toBe(1);
    expect(places).toMatchObject([{ path: 'other' }]);
    expect(scan.complete).toBe(false);
    expect(scan.skipped.map(({ path }) => path)).toContain(`object ${blob}`);
  });

  test('one changed byte anywhere in a pack is noticed, or all is found all the same', () => {
    const { repository } = project();
    for (let i = 0; i < 12; i++) commit(repository, `${i}`, { 'a.txt': `${lines(50)}${i}\n` });
    repository.git('gc', '-q', '--prune=now');
    const [pack] = packFiles(repository, '.pack');
    const sound = readFileSync(pack);
    rmSync(pack);
    for (let at = 12; at < sound.length - 20; at += Math.ceil(sound.length / 9)) {
      const broken = Buffer.from(sound);
      broken[at] ^= 0x55;
      writeFileSync(pack, broken);
      const { status, scan, places } = audit(repository);
      if (scan.complete) expect([status, places[0]?.path]).toEqual([1, 'k']);
      else expect([1, 3]).toContain(status);
    }
  });

  test('an object in two packs is read from the sound one', () => {
    const { repository } = project();
    repository.git('repack', '-q', '-a', '-d');
    const [pack] = packFiles(repository, '.pack');
    repository.git('clone', '-q', '--bare', `file://${repository.dir}`, join(repository.dir, 'copy.git'));
    const copies = join(repository.dir, 'copy.git/objects/pack');
    const broken = readFileSync(pack);
    broken.fill(0x55, 40, broken.length - 20);
    rmSync(pack);
    writeFileSync(pack, broken);
    for (const name of readdirSync(copies)) {
      const renamed = name.replace(/pack-[0-9a-f]+/, `pack-${'f'.repeat(40)}`);
      writeFileSync(join(repository.dir, '.git/objects/pack', renamed), readFileSync(join(copies, name)));
    }
    expect(audit(repository).places).toMatchObject([{ path: 'k' }]);
  });

  test('a missing alternate is named', () => {
    const { repository } = project();
    writeFileSync(join(repository.dir, '.git/objects/info/alternates'), '/nowhere/objects\n');
    const { status, scan, places } = audit(repository);
    expect(status).toBe(1);
    expect(places).toHaveLength(1);
    expect(scan.skipped).toMatchObject([{ path: '/nowhere/objects' }]);
  });
});

describe('audit refuses with a word that helps', () => {
  test('a folder that is no repository, and one that is not there', () => {
    const dir = temporaryFolder();
    const env = { ...new Repository().env, GIT_CEILING_DIRECTORIES: join(dir, '..') };
    const { status, stderr } = audit({ dir, env });
    expect(status).toBe(2);
    expect(stderr).toMatch(/not in a git repository/);
    const missing = audit({ dir, env }, [join(dir, 'nope')]);
    expect(missing.status).toBe(2);
    expect(missing.stderr).toContain('no such directory');
  });

  test.skipIf(process.getuid?.() !== 0)(
    'a repository of somebody else, with the command that mends it (only root can make one)',
    () => {
      const { repository } = project();
      chownSync(repository.dir, 12345, 12345);
      chownSync(join(repository.dir, '.git'), 12345, 12345);
      const { status, stderr } = audit(repository);
      expect(status).toBe(3);
      expect(stderr).toContain('belongs to another user');
      expect(stderr).toContain('git config --global --add safe.directory');
      const home = temporaryFolder();
      writeFileSync(join(home, 'config'), `[safe]\n\tdirectory = ${repository.dir}\n`);
      expect(audit(repository, [], { GIT_CONFIG_GLOBAL: join(home, 'config') }).status).toBe(1);
    },
  );
});

describe('audit of a URL', () => {
  const leftovers = (folder: string) => readdirSync(folder);

  test('clones it, and removes the clone', () => {
    const { repository, key } = project();
    const tmp = temporaryFolder();
    const outside = { dir: temporaryFolder(), env: repository.env };
    const { status, places, scan } = audit(outside, [`file://${repository.dir}`], { TMPDIR: tmp });
    expect(status).toBe(1);
    expect(places).toMatchObject([{ path: 'k', commit: key, inHead: true }]);
    expect(scan.source).toBe(`audit file://${repository.dir}`);
    expect(leftovers(tmp)).toEqual([]);
  });

  test('leaves nothing behind when it fails', () => {
    const { repository } = project();
    const tmp = temporaryFolder();
    const { status, stderr } = audit(repository, [`file://${tmp}/nope.git`], { TMPDIR: tmp });
    expect(status).toBe(3);
    expect(stderr).toContain('nope.git');
    expect(leftovers(tmp)).toEqual([]);
  });

  test('names the folder when the disk is full', () => {
    const { repository } = project();
    const [tmp, bin] = [temporaryFolder(), temporaryFolder()];
    const full = 'echo "fatal: write error: No space left on device" >&2; exit 128';
    const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    const script = `#!/bin/sh\ncase " $* " in *" clone "*) ${full};; esac\nexec ${git} "$@"\n`;
    writeFileSync(join(bin, 'git'), script, { mode: 0o755 });
    const env = { TMPDIR: tmp, PATH: `${bin}:${process.env.PATH}` };
    const { status, stderr } = audit(repository, [`file://user:word@${repository.dir}`], env);
    expect(status).toBe(3);
    expect(stderr).toBe(
      `unleak: ${tmp}: no room for a clone of file://***@${repository.dir}. TMPDIR names another folder\n`,
    );
    expect(leftovers(tmp)).toEqual([]);
  });

  test('leaves nothing behind when it is interrupted', async () => {
    const { repository } = project();
    const tmp = temporaryFolder();
    const bin = join(repository.dir, 'bin');
    mkdirSync(bin);
    // A git whose clone takes its time after having begun to write.
    const real = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();
    const slow = `#!/bin/sh\ncase "$*" in *" clone "*) "${real}" "$@"; touch "${repository.dir}/cloned"; exec sleep 30;; esac\nexec "${real}" "$@"\n`;
    writeFileSync(join(bin, 'git'), slow, { mode: 0o755 });
    const child = spawn(process.execPath, [BIN, 'audit', `file://${repository.dir}`], {
      env: { ...repository.env, PATH: `${bin}:${process.env.PATH}`, TMPDIR: tmp },
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    while (!readdirSync(repository.dir).includes('cloned')) await new Promise((go) => setTimeout(go, 20));
    expect(leftovers(tmp)).toHaveLength(1);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(leftovers(tmp)).toEqual([]);
  });
});

describe('a hostile repository', () => {
  test('runs nothing of its own', () => {
    const { repository } = project();
    const canary = join(temporaryFolder(), 'canary');
    const script = join(repository.dir, 'evil.sh');
    writeFileSync(script, `#!/bin/sh\ntouch '${canary}'\ncat\n`, { mode: 0o755 });
    const settings: Record<string, string> = {
      'core.fsmonitor': script,
      'core.hooksPath': repository.dir,
      'core.pager': script,
      'pager.log': script,
      'core.editor': script,
      'core.sshCommand': script,
      'core.alternateRefsCommand': script,
      'core.gitProxy': script,
      'diff.external': script,
      'diff.evil.textconv': script,
      'diff.evil.command': script,
      'filter.evil.smudge': script,
      'filter.evil.clean': script,
      'filter.evil.process': script,
      'alias.rev-list': `!${script}`,
      'alias.for-each-ref': `!${script}`,
      'credential.helper': `!${script}`,
      'gpg.program': script,
      'log.showSignature': 'true',
      'uploadpack.packObjectsHook': script,
      'remote.origin.url': `ext::${script}`,
      'remote.origin.promisor': 'true',
      'include.path': join(repository.dir, 'more-config'),
    };
    for (const [name, value] of Object.entries(settings)) repository.git('config', name, value);
    writeFileSync(join(repository.dir, 'more-config'), `[core]\n\tfsmonitor = ${script}\n`);
    for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change']) {
      writeFileSync(join(repository.dir, '.git/hooks', hook), `#!/bin/sh\ntouch '${canary}'\n`, {
        mode: 0o755,
      });
    }
    writeFileSync(join(repository.dir, '.git/info/attributes'), '* diff=evil filter=evil\n');
    for (const engine of ['delta', 'git']) {
      const { places } = audit(repository, [
        '--engine',
        engine,
        '--since',
        '2000-01-01',
        '--max-commits',
        '9',
      ]);
      expect(places).toMatchObject([{ path: 'k' }]);
    }
    rmSync(looseFile(repository, repository.git('rev-parse', 'HEAD:a.txt')));
    expect(audit(repository).scan.complete).toBe(false);
    expect(spawnSync('ls', [canary]).status).not.toBe(0);
  });

  test('may hide what it holds by its own configuration, but not silently, and not at all when told so', () => {
    const { repository } = project();
    tick(repository);
    repository.commit('hide it', { 'unleak.yaml': 'exclude:\n  - k\n' });
    const hidden = audit(repository);
    expect([hidden.status, hidden.findings]).toEqual([0, []]);
    expect(hidden.scan.suppressed.config).toBe(1);
    expect(audit(repository, ['--no-repo-config']).places).toMatchObject([{ path: 'k' }]);
  });
});
