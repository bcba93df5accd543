/** What begins and ends a comment that has a line to itself. */
export interface CommentSyntax {
  open: string;
  close: string;
}

const SYNTAXES: [syntax: CommentSyntax, names: string][] = [
  [
    { open: '# ', close: '' },
    'sh bash zsh fish ksh py pyi rb rake gemspec pl pm t r jl ps1 psm1 psd1 nix ex exs cr nim tcl awk sed yml yaml toml conf cfg env properties tf tfvars hcl dockerfile containerfile makefile mk cmake gemfile rakefile vagrantfile procfile pp graphql gql gitignore dockerignore editorconfig npmrc netrc pgpass',
  ],
  [
    { open: '// ', close: '' },
    'js mjs cjs jsx ts mts cts tsx java kt kts scala groovy gradle c h cc cpp cxx hpp hh cs fs fsx go rs swift m mm dart php zig v sol proto json5 jsonc jenkinsfile less scss sass styl bicep',
  ],
  [{ open: '/* ', close: ' */' }, 'css'],
  [
    { open: '<!-- ', close: ' -->' },
    'html htm xhtml xml svg xsl xslt plist csproj vbproj fsproj config resx md markdown vue svelte',
  ],
  [{ open: '-- ', close: '' }, 'sql lua hs elm ada adb ads vhd vhdl'],
  [{ open: '; ', close: '' }, 'ini inf reg asm s lisp lsp clj cljs cljc edn el scm rkt'],
  [{ open: '% ', close: '' }, 'tex sty cls erl hrl'],
  [{ open: "' ", close: '' }, 'vb vbs bas'],
  [{ open: 'REM ', close: '' }, 'bat cmd'],
  [{ open: '{{/* ', close: ' */}}' }, 'tpl gotmpl'],
  [{ open: '{# ', close: ' #}' }, 'j2 jinja jinja2 twig njk'],
];

const BY_NAME = new Map(
  SYNTAXES.flatMap(([syntax, names]) => names.split(' ').map((name) => [name, syntax] as const)),
);

/** How a line of a file is commented, by the file's name; undefined when it cannot be or is not known (JSON, data, prose). */
export function commentSyntaxOf(path: string): CommentSyntax | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  // `.env.production` and `Dockerfile.dev` go by their first word.
  const words = name.replace(/^\./, '').split('.');
  return (
    BY_NAME.get(words[words.length - 1]) ??
    (/^(?:env|dockerfile|makefile)$/.test(words[0]) ? BY_NAME.get(words[0]) : undefined)
  );
}
