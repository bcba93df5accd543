import { existsSync, readFileSync } from 'node:fs';

/** The product's version, from the nearest package.json above: the same for sources and bundles. */
export function toolVersion(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    const file = new URL('package.json', folder);
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')).version;
    if (folder.pathname === '/') return '0.0.0';
  }
}
