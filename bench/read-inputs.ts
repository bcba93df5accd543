import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

export interface Input {
  /** Relative to what was asked for. */
  path: string;
  bytes: Buffer;
}

/** Files, and all files of folders except git's own, until `limit` bytes are read. */
export function readInputs(paths: readonly string[], limit: number): Input[] {
  const inputs: Input[] = [];
  let room = limit;
  for (const root of paths) {
    for (const file of listFiles(root)) {
      const bytes = readFileSync(file);
      if (bytes.length > room) continue;
      room -= bytes.length;
      inputs.push({ path: relative(root, file) || file, bytes });
    }
  }
  return inputs;
}

export function* listFiles(root: string): Generator<string> {
  if (!statSync(root).isDirectory()) {
    yield root;
    return;
  }
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    if (entry.name === '.git') continue;
    const path = join(root, entry.name);
    if (entry.isDirectory()) yield* listFiles(path);
    else if (entry.isFile()) yield path;
  }
}
