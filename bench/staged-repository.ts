import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../src/rules/random.ts';
import { writeLine, writeLines } from './prose.ts';

/** Lines of a file: a usual source file. */
const LINES = 150;

/** A repository with one commit of `count` files, each then changed in a few lines and staged. */
export function stageFiles(folder: string, count: number): { repository: string; files: string[] } {
  const random = seededRandom('staged');
  const repository = join(folder, 'repository');
  mkdirSync(join(repository, 'src'), { recursive: true });
  const files = Array.from({ length: count }, (_, i) => `src/module-${i}.js`);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repository, stdio: 'ignore' });
  git('init', '--quiet');
  const texts = files.map(() => writeLines(random, LINES));
  const write = () => {
    for (const [i, file] of files.entries())
      writeFileSync(join(repository, file), `${texts[i].join('\n')}\n`);
  };
  write();
  git('add', '--all');
  git(
    '-c',
    'user.name=bench',
    '-c',
    'user.email=bench@example.com',
    'commit',
    '--quiet',
    '--no-verify',
    '-m',
    'Begin',
  );
  for (const text of texts) for (let i = 0; i < 5; i++) text[random(LINES)] = writeLine(random);
  write();
  git('add', '--all');
  return { repository, files };
}
