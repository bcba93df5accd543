// Bundles the rehearsal (test/aws/server) into a temporary folder and runs it there: Node 20 does not read TypeScript.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'unleak-rehearsal-'));
const bundle = await rolldown({
  input: {
    rehearse: join(root, 'test/aws/server/rehearse.ts'),
    child: join(root, 'test/aws/server/child.ts'),
  },
  platform: 'node',
  external: [/^@aws-sdk\//, /^@smithy\//],
  logLevel: 'silent',
});
await bundle.write({
  dir: folder,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
});
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
writeFileSync(join(folder, 'package.json'), '{"type":"module","version":"0.0.0"}');

const child = spawn(process.execPath, [join(folder, 'rehearse.js'), root, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = code ?? 0;
});
