/** Where a file that the build makes stands: bundles lie in dist/ and dist/chunks/, sources in src/wasm/. */
export function assetUrl(name: string): URL {
  const here = import.meta.url;
  if (here.endsWith('.ts')) return new URL(`../generated/${name}`, here);
  return new URL(here.includes('/chunks/') ? `../${name}` : `./${name}`, here);
}
