// Builds dist/ in six steps: WebAssembly, the Zstandard decoder, the rule catalogue, the report's page, the bundles, the type declarations.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import asc from 'assemblyscript/asc';
import { rolldown } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const at = (...parts) => join(root, ...parts);
const require = createRequire(import.meta.url);

/** Modules that every scan of files and of the index runs through. */
const CORE = [
  /^src\/(?:engine|wasm)\//,
  /^src\/model\/(?!errors|nearest)/,
  /^src\/rules\/(?:catalogue|rule-index|service)\.ts$/,
  /^src\/git\/(?:path-name|raw-diff|revisions|state)\.ts$/,
  /^src\/sources\/(?:blob|changed-ranges|paths|piece-scanner|scan-files?|source|split-at-zeros|staged|unstaged-files)\.ts$/,
  /^src\/suppress\/(?:allow-\w+|apply|baseline|baseline-file|config|config-file|globs|parse-size)\.ts$/,
  /^src\/report\/(?:columns|english|excerpt|figures|formats|headline|mask-everywhere|order|outputs|paint|remedy|shown|terminal|text|text-finding|write)\.ts$/,
  /^src\/cli\/(?:scan|staged|run-scan|scan-session|clock|scan-options|apply-suppression|output|progress|verify-options)\.ts$/,
];

/** Modules that run while those of the core are loaded. */
const MAIN =
  /^src\/(?:cli\/(?:main|command|commands|parse)|git\/(?:read-objects|run|staged-queries)|model\/(?:errors|nearest))\.ts$/;

/** What stands beside the bundles. */
const ASSETS = [
  'core.wasm',
  'zstd.wasm',
  'rules.json',
  'rule-index.json',
  'keywords.bin',
  'details.json',
  'examples.json',
  'services.json',
  'service-names.json',
  'vendor-forms.json',
  'page.json',
];

await buildWasm();
await extractZstd();
await buildCatalogue();
await buildReportPage();
if (!process.argv.includes('--generated')) {
  await buildBundles();
  buildTypes();
}

/** The hot loops: src/wasm/assembly -> src/generated/core.wasm. */
async function buildWasm() {
  mkdirSync(at('src/generated'), { recursive: true });
  const target = at('src/generated/core.wasm');
  const sources = readdirSync(at('src/wasm/assembly')).map((name) => at('src/wasm/assembly', name));
  if (isNewer(target, [...sources, at('build/build.mjs')])) return;
  const { error, stderr } = await asc.main([
    at('src/wasm/assembly/index.ts'),
    '--outFile',
    target,
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--enable',
    'bulk-memory',
    '--initialMemory',
    '256',
    '--use',
    'abort=',
  ]);
  if (error) throw new Error(`AssemblyScript: ${error.message}\n${stderr}`);
}

/** libzstd's decoder as the package zstddec carries it, in base64: its own code is not used (src/sources/archives/zstd.ts says why). */
async function extractZstd() {
  const target = at('src/generated/zstd.wasm');
  if (isNewer(target, [require.resolve('zstddec/stream'), at('build/build.mjs')])) return;
  const { ZSTDDecoder } = await import('zstddec/stream');
  // It loads itself from a data URL, which is all that is wanted of it.
  const { fetch } = globalThis;
  let url = '';
  globalThis.fetch = (address) => fetch((url = address));
  await new ZSTDDecoder().init();
  globalThis.fetch = fetch;
  writeFileSync(target, Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'));
}

/** The rules: rules/*.yaml and rules/services/*.yaml -> src/generated/{rules,details,examples,services,service-names,vendor-forms,rule-index}.json and keywords.bin. */
async function buildCatalogue() {
  const out = at('src/generated');
  const folders = ['rules', 'rules/services'];
  const [files, serviceFiles] = folders.map((folder) =>
    readdirSync(at(folder))
      .filter((name) => name.endsWith('.yaml'))
      .sort()
      .map((name) => `${folder}/${name}`),
  );
  const sources = [
    ...[...files, ...serviceFiles, ...folders].map((name) => at(name)),
    ...['src/rules', 'src/wasm', 'src/wasm/assembly'].flatMap((folder) => filesIn(at(folder))),
    ...['common-grams', 'keyword-table', 'prepare-index', 'scan-memory'].map((name) =>
      at('src/engine', `${name}.ts`),
    ),
  ];
  if (isNewer(join(out, 'rules.json'), [...sources, at('build/build.mjs')])) return;
  const bundle = await rolldown({
    input: { compile: at('src/rules/compile.ts'), 'prepare-index': at('src/engine/prepare-index.ts') },
    platform: 'node',
    external: [/^[^./]/],
  });
  await bundle.write({ dir: out, format: 'esm', entryFileNames: '[name].mjs' });
  const load = (name) => import(pathToFileURL(join(out, name)).href);
  const [{ compileCatalogue }, { prepareIndex }] = [
    await load('compile.mjs'),
    await load('prepare-index.mjs'),
  ];
  const read = (name) => ({ name, text: readFileSync(at(name), 'utf8') });
  const { rules, names, forms, ...rest } = compileCatalogue(files.map(read), serviceFiles.map(read));
  const { text, index, table } = prepareIndex(rules);
  for (const [name, data] of Object.entries({
    ...rest,
    'service-names': names,
    'vendor-forms': forms,
    'rule-index': index,
  })) {
    writeFileSync(join(out, `${name}.json`), JSON.stringify(data));
  }
  writeFileSync(join(out, 'keywords.bin'), table);
  // The rules last: they tell whether all are newer than their sources.
  writeFileSync(join(out, 'rules.json'), text);
}

/** The HTML report's style and script: src/report/html -> src/generated/page.json. */
async function buildReportPage() {
  const folder = at('src/report/html');
  const target = at('src/generated/page.json');
  const sources = [
    join(folder, 'page.css'),
    ...readdirSync(join(folder, 'client')).map((name) => join(folder, 'client', name)),
  ];
  if (isNewer(target, [...sources, join(folder, 'client'), at('build/build.mjs')])) return;
  const bundle = await rolldown({ input: join(folder, 'client/page.ts'), platform: 'browser' });
  const { output } = await bundle.generate({ format: 'iife', minify: true });
  const style = readFileSync(join(folder, 'page.css'), 'utf8').replace(/\s*\n\s*/g, '\n');
  // An end tag in the script would end its element: none of the sources has one, and none may come.
  if (/<\/script|<!--/i.test(output[0].code)) throw new Error('the page script holds an end tag');
  writeFileSync(target, JSON.stringify({ style, script: output[0].code.trim() }));
}

/**
 * The command and the library, in chunks that load only when used. They are CommonJS, whose files Node loads at once and one
 * after the other: as ES modules a scan of one file starts 8 ms later (node -e 0: 24 ms). The library's door is an ES module.
 */
async function buildBundles() {
  rmSync(at('dist'), { recursive: true, force: true });
  const bundle = await rolldown({
    input: {
      unleak: at('src/cli/bin.ts'),
      library: at('src/index.ts'),
      worker: at('src/sources/worker.ts'),
      'audit-worker': at('src/sources/audit/worker.ts'),
      'rules-worker': at('src/cli/rules-worker.ts'),
    },
    platform: 'node',
    external: [/^@aws-sdk\//, /^@smithy\//],
    transform: {
      define: {
        UNLEAK_VERSION: JSON.stringify(JSON.parse(readFileSync(at('package.json'), 'utf8')).version),
      },
    },
  });
  const { output } = await bundle.write({
    dir: at('dist'),
    format: 'cjs',
    minify: true,
    // What every scan loads stands in one file: forty small ones take 20 ms longer to load.
    codeSplitting: {
      groups: [
        // The entry must not pull the rest in for the sake of a version number.
        { name: 'version', test: /src\/cli\/version\.ts$/, priority: 3 },
        // What begins before the rest is loaded.
        { name: 'main', test: isMain, priority: 2 },
        { name: 'core', test: isCore, priority: 1 },
      ],
    },
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  });
  const { exports } = output.find(({ name }) => name === 'library');
  writeFileSync(
    at('dist/index.mjs'),
    `import library from './library.js';\nexport const { ${exports.join(', ')} } = library;\n`,
  );
  writeFileSync(at('dist/package.json'), '{ "type": "commonjs" }\n');
  for (const name of ASSETS) {
    writeFileSync(at('dist', name), readFileSync(at('src/generated', name)));
  }
  chmodSync(at('dist/unleak.js'), 0o755);
}

function isMain(id) {
  return MAIN.test(id.slice(root.length + 1));
}

function isCore(id) {
  const path = id.slice(root.length + 1);
  if (/\/node_modules\/picomatch\//.test(id) && !/\/node_modules\/.*\/node_modules\//.test(id)) return true;
  return CORE.some((pattern) => pattern.test(path));
}

/** Declarations of what the library exports; the others, of which nobody can import, go again. */
function buildTypes() {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', at('tsconfig.types.json')], { stdio: 'inherit' });
  writeFileSync(at('dist/types/package.json'), '{ "type": "module" }\n');
  const needed = new Set();
  const follow = (file) => {
    if (needed.has(file)) return;
    needed.add(file);
    for (const [, target] of readFileSync(file, 'utf8').matchAll(/\b(?:from|import)[ (]'(\.[^']+)\.ts'/g)) {
      follow(join(dirname(file), `${target}.d.ts`));
    }
  };
  follow(at('dist/types/index.d.ts'));
  for (const entry of readdirSync(at('dist/types'), { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && file.endsWith('.d.ts') && !needed.has(file)) rmSync(file);
  }
}

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(folder, name));
}

function isNewer(target, sources) {
  try {
    const made = statSync(target).mtimeMs;
    return sources.every((file) => statSync(file).mtimeMs < made);
  } catch {
    return false;
  }
}
