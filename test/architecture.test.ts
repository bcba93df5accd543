import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { expect, test } from 'vitest';

/** A folder imports only from folders further down. `verify` asks AWS about pairs through `aws`. */
const LAYERS = [
  ['cli', 'library'],
  ['report', 'verify'],
  ['aws', 'suppress'],
  ['sources'],
  ['git'],
  ['engine'],
  ['rules'],
  ['wasm', 'model', 'generated'],
];

/** Files besides `src/cli` that touch the process, and why. */
const TOUCH_PROCESS: Record<string, string> = {
  'src/aws/lock.ts': 'a lock holds the id of its process, and asks whether the one that holds it still runs',
};

interface Node {
  type: string;
  [key: string]: unknown;
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((name) => posix.join('src', ...name.split(/[\\/]/)))
  .filter((name) => name.endsWith('.ts'))
  // AssemblyScript, and the script of a page: neither runs in Node.
  .filter((name) => !name.startsWith('src/wasm/assembly/') && !name.startsWith('src/report/html/client/'))
  .map((name) => ({ name, nodes: nodesOf(readFileSync(join('.', name), 'utf8')) }));

test('a folder imports only from folders below it', () => {
  const wrong = files.flatMap(({ name, nodes }) =>
    importsOf(nodes)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => posix.join(posix.dirname(name), specifier))
      .filter((target) => !mayImport(folderOf(name), folderOf(target)))
      .map((target) => `${name} -> ${target}`),
  );
  expect(wrong).toEqual([]);
});

test('every folder has a layer', () => {
  const folders = new Set(files.map(({ name }) => folderOf(name)));
  expect([...folders].filter((folder) => layerOf(folder) < 0)).toEqual([]);
});

test('only src/cli touches the process', () => {
  const touching = files
    .filter(({ name }) => !name.startsWith('src/cli/'))
    .filter(
      ({ nodes }) =>
        importsOf(nodes).some((specifier) => /^(node:)?process$/.test(specifier)) ||
        nodes.some((node) => node.type === 'Identifier' && node.name === 'process'),
    )
    .map(({ name }) => name);
  expect(touching).toEqual(Object.keys(TOUCH_PROCESS));
});

test('only src/aws and src/verify import what opens connections', () => {
  const network = /^(node:)?(https?|http2|net|tls|dns|dgram)(\/|$)|^(@aws-sdk|@smithy)\/|^https-proxy-agent$/;
  const reaching = files.filter(({ nodes }) => {
    const loaded = nodes.filter((node) => node.importKind !== 'type');
    const ownFetch = nodes.some((node) => (node.id as Node | undefined)?.name === 'fetch');
    return (
      importsOf(loaded).some((specifier) => network.test(specifier)) || (!ownFetch && calls(nodes, 'fetch'))
    );
  });
  expect(reaching.length).toBeGreaterThan(5);
  expect(reaching.map(({ name }) => name).filter((name) => !/^src\/(aws|verify)\//.test(name))).toEqual([]);
});

/** `src/index.ts` and `src/library.ts` are the library. */
function folderOf(file: string): string {
  const [, folder, rest] = file.split('/');
  return rest === undefined ? 'library' : folder;
}

function layerOf(folder: string): number {
  return LAYERS.findIndex((layer) => layer.includes(folder));
}

function mayImport(from: string, to: string): boolean {
  return from === to || layerOf(from) < layerOf(to);
}

/** Static, dynamic and type imports, and files named by `new URL('...', import.meta.url)`. */
function importsOf(nodes: Node[]): string[] {
  return nodes.flatMap((node) => {
    if (/^(Import|ExportNamed|ExportAll)(Declaration|Expression)$|^TSImportType$/.test(node.type)) {
      const source = node.source as { value?: unknown } | null;
      return typeof source?.value === 'string' ? [source.value] : [];
    }
    if (node.type !== 'NewExpression' || (node.callee as Node).name !== 'URL') return [];
    const [first] = node.arguments as Node[];
    return typeof first?.value === 'string' && first.value.startsWith('.') ? [first.value] : [];
  });
}

function calls(nodes: Node[], name: string): boolean {
  return nodes.some((node) => node.type === 'CallExpression' && (node.callee as Node).name === name);
}

/** All nodes of a file's syntax tree. */
function nodesOf(text: string): Node[] {
  const nodes: Node[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (value && typeof value === 'object') {
      if (typeof (value as Node).type === 'string') nodes.push(value as Node);
      Object.values(value).forEach(visit);
    }
  };
  visit(parseAst(text, { lang: 'ts' }));
  return nodes;
}
