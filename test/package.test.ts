import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { publint } from 'publint';
import { beforeAll, describe, expect, test } from 'vitest';

interface Locked {
  hasInstallScript?: boolean;
  optionalDependencies?: Record<string, string>;
  dev?: boolean;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const locked: Record<string, Locked> = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;

describe('the package', () => {
  let packed: { size: number; files: { path: string }[] };
  beforeAll(() => {
    const json = execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    packed = JSON.parse(json)[0];
  });

  test('holds the command, the library, its types, the schemas, the pages, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    const allowed =
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|docs\/[A-Za-z-]+(\.schema\.json|\.md)|dist\/(unleak|library|worker|audit-worker|rules-worker)\.js|dist\/index\.mjs|dist\/(types\/)?package\.json|dist\/chunks\/[\w.-]+\.js|dist\/((core|zstd)\.wasm|keywords\.bin|(rules|rule-index|details|examples|services|service-names|vendor-forms|page)\.json)|dist\/types\/(index|library|model\/\w+|rules\/\w+)\.d\.ts)$/;
    expect(paths.filter((path) => !allowed.test(path))).toEqual([]);
    for (const path of [
      'dist/unleak.js',
      'dist/index.mjs',
      'dist/types/index.d.ts',
      'dist/core.wasm',
      'README.md',
    ])
      expect(paths).toContain(path);
  });

  test('has less than 1.5 MB to download', () => {
    expect(packed.size).toBeLessThan(1_500_000);
  });

  test('is as publint wants it', async () => {
    const { messages } = await publint({ pkgDir: '.' });
    expect(messages).toEqual([]);
  });
});

describe('what is installed with it', () => {
  test('runs no script', () => {
    const shipped = Object.entries(locked).filter(([path, { dev }]) => path && !dev);
    expect(shipped.length).toBeGreaterThan(20);
    expect(shipped.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
  });

  test('is locked for every platform, since npm ci refuses a lock that lacks one', () => {
    const missing = Object.entries(locked).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !isLocked(path, name)),
    );
    expect(missing).toEqual([]);
  });

  test('has its reason in docs/dependencies.md, which names nothing else', () => {
    const page = readFileSync('docs/dependencies.md', 'utf8').split('\n## Not used')[0];
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    const named = rows.flatMap((row) =>
      [...row.split('|')[1].matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    const used = { ...manifest.dependencies, ...manifest.devDependencies };
    expect(named.sort()).toEqual(Object.keys(used).sort());
  });
});

/** Whether a package below `path` finds `name`: in its own folder, or in one above. */
function isLocked(path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const prefix = folder ? `${folder}/` : '';
    if (`${prefix}node_modules/${name}` in locked) return true;
    if (!folder) return false;
  }
}
