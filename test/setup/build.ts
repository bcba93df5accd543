import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** The tests run the sources, and spawn the built command: both need what the build makes. */
export function setup(): void {
  if (process.env.UNLEAK_SKIP_BUILD && existsSync('dist/unleak.js')) return;
  execFileSync(process.execPath, ['build/build.mjs'], { stdio: 'inherit' });
}
