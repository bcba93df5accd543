/** What a file's path tells of the text in it. */
export interface FileRole {
  kind: FileKind;
  /** Lies among tests, fixtures or mocks. */
  test: boolean;
  /** Lies among examples, samples, templates or documentation. */
  example: boolean;
}

/** `any`: of a blob whose path is not known yet. */
export type FileKind = 'any' | 'code' | 'config' | 'shell' | 'text' | 'markup' | 'other';

/** All roles that a score can depend on: what a blob of unknown path may turn out to be. */
export const EVERY_ROLE: FileRole[] = (
  ['code', 'config', 'shell', 'text', 'markup', 'other'] as const
).flatMap((kind) =>
  [false, true].flatMap((test) => [false, true].map((example) => ({ kind, test, example }))),
);

const UNKNOWN: FileRole = { kind: 'any', test: false, example: false };

/** The role of the file at a path, with `/` between its parts. */
export function roleOf(path: string): FileRole {
  if (path === '') return UNKNOWN;
  if (path === lastPath) return lastRole;
  const folded = path.toLowerCase();
  const name = folded.slice(folded.lastIndexOf('/') + 1);
  lastPath = path;
  lastRole = {
    kind: kindOf(name),
    test: TEST.test(folded) || TEST_CLASS.test(path),
    example: EXAMPLE.test(folded) || TEXTS.test(name),
  };
  return lastRole;
}

/** All candidates of a file are judged one after another. */
let lastPath = '';
let lastRole: FileRole = { kind: 'other', test: false, example: false };

const TEST =
  /(?:^|[/_.-])(?:tests?|specs?|testing|__tests__|testdata|fixtures?|mocks?|__mocks__|stubs?|e2e|factories|cypress|benchmarks?)(?:[/_.-]|$)/;
const TEST_CLASS = /[a-z0-9](?:Tests?|TestCase|Spec|IT)\.\w{1,6}$/;
const EXAMPLE =
  /(?:^|[/_.-])(?:examples?|samples?|demos?|tutorials?|docs?|documentation|guides?|templates?|tpl|dist|snippets?|quickstarts?|playground)(?:[/_.-]|$)/;
const TEXTS = /^(?:readme|changelog|history|news|contributing)|\.(?:md|mdx|markdown|rst|adoc|asciidoc)$/;

function kindOf(name: string): FileKind {
  const dot = name.lastIndexOf('.');
  if (dot <= 0)
    return /^\.?(?:env|netrc|npmrc|pypirc|pgpass|s3cfg|gitconfig)/.test(name)
      ? 'config'
      : (KINDS[name] ?? 'other');
  return KINDS[name.slice(dot + 1)] ?? (/^\.env/.test(name) ? 'config' : 'other');
}

const KINDS: Record<string, FileKind> = {};
const EXTENSIONS: [FileKind, string][] = [
  [
    'code',
    'py rb js ts jsx tsx mjs cjs java kt kts go rs c h cc cpp hpp cs vb php swift m mm scala groovy pl pm lua r dart ex exs erl hs clj fs jl vue svelte coffee sol zig nim cr ml elm gradle',
  ],
  [
    'config',
    'json json5 jsonc yml yaml toml ini cfg conf config properties props env tf tfvars hcl plist cnf rc sql j2 tpl tmpl template dist example sample har service editorconfig reg rdp ovpn credentials',
  ],
  [
    'shell',
    'sh bash zsh fish ps1 psm1 psd1 bat cmd ksh dockerfile makefile mk jenkinsfile vagrantfile procfile command',
  ],
  ['text', 'md mdx markdown rst adoc asciidoc txt log csv tsv po pot tex org wiki textile'],
  [
    'markup',
    'html htm xhtml xml svg xsd wsdl xsl css scss less sass erb haml slim ejs hbs jsp aspx cshtml storyboard xib resx',
  ],
];
for (const [kind, extensions] of EXTENSIONS) for (const name of extensions.split(' ')) KINDS[name] = kind;
