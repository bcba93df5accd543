import { setFlagsFromString } from 'node:v8';

/** With fewer files a scan is over before the compiler wakes. */
const MANY_FILES = 600;

/** Major version of V8 whose flags are known (that of Node 24): of an unknown flag V8 would complain on standard error. */
const LAST_KNOWN = 13;

/**
 * Lets V8 wait before it optimises, 30 times as long as it does, and compile patterns at once: a scan of 5,000 files lives for half a
 * second, of which it spent a quarter on code that it then had no time to use. 0.55 s instead of 0.73 on rails/rails, two
 * cores, Node 20; on 200 MB it makes no difference.
 */
export function tuneEngine(files: number): void {
  if (files < MANY_FILES || Number.parseInt(process.versions.v8, 10) > LAST_KNOWN) return;
  setFlagsFromString('--interrupt-budget=2000000');
  setFlagsFromString('--no-regexp-tier-up');
}
