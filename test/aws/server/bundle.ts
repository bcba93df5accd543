import { symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * Bundles one source file into a folder, next to a link to the installed packages, so that Node 20 can run it.
 * @param whole the AWS SDK too: for what is started many times, since reading its hundreds of files takes half of a run
 */
export async function bundleInto(folder: string, source: string, whole = false): Promise<string> {
  const root = resolve(import.meta.dirname, '../../..');
  const bundle = await rolldown({
    input: resolve(root, source),
    platform: 'node',
    external: whole ? [] : [/^@aws-sdk\//, /^@smithy\//],
    logLevel: 'silent',
  });
  await bundle.write({
    dir: folder,
    format: 'esm',
    minify: whole,
    entryFileNames: 'main.js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"name":"bundled","version":"0.0.0","type":"module"}');
  return join(folder, 'main.js');
}
