import { setFlagsFromString } from 'node:v8';

/** With fewer files a scan is over before the compiler wakes. */
const MANY_FILES = 600;
/** With more objects an audit lives long enough for all that the compiler does. */
const MANY_OBJECTS = 200_000;
/** Major version of V8 whose flags are known (that of Node 24): of an unknown flag V8 would complain on standard error. */
const LAST_KNOWN = 13;

/**
 * A scan of 5,000 files lives for half a second, of which V8 spends a quarter on optimising code that it then has no time to use.
 * Waiting 30 times as long, it ends after 0.55 s instead of 0.73 (rails/rails, two cores, Node 20); on 200 MB it makes no difference.
 */
export function tuneForFiles(files: number): void {
  if (files >= MANY_FILES) delayOptimising(2_000_000);
}

/** The same for an audit: of honojs/hono, 58,000 objects, in 1.7 s instead of 2.2. */
export function tuneForObjects(objects: number): void {
  if (objects < MANY_OBJECTS) delayOptimising(500_000);
}

/** @param budget bytes of bytecode that a function runs before it may be optimised: V8 begins at 67,584 */
function delayOptimising(budget: number): void {
  if (Number.parseInt(process.versions.v8, 10) > LAST_KNOWN) return;
  setFlagsFromString(`--interrupt-budget=${budget}`);
  // Patterns are compiled when first used, not interpreted before.
  setFlagsFromString('--no-regexp-tier-up');
}
