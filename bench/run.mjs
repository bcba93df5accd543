// node bench/run.mjs <name> [arguments]: bundles bench/<name>.ts into dist/bench/ and runs it. Build the project first.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [name, ...args] = process.argv.slice(2);
const dir = join(root, 'dist/bench');
mkdirSync(dir, { recursive: true });
const bundle = await rolldown({
  input: join(root, 'bench', `${name}.ts`),
  platform: 'node',
  external: [/^[^./]/],
});
await bundle.write({ file: join(dir, `${name}.mjs`), format: 'esm', codeSplitting: false });
// All that the build made for scans, whatever a benchmark asks for.
for (const asset of readdirSync(join(root, 'src/generated')).filter((name) =>
  /\.(?:wasm|json|bin)$/.test(name),
))
  copyFileSync(join(root, 'src/generated', asset), join(dir, asset));
process.exit(
  spawnSync(process.execPath, [join(dir, `${name}.mjs`), ...args], { stdio: 'inherit' }).status ?? 1,
);
