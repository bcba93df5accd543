import type { Report } from '../model/report.ts';
import type { RuleDetails } from '../rules/rule.ts';
import { maskEverywhere } from './mask-everywhere.ts';

export const FORMATS = [
  'text',
  'json',
  'jsonl',
  'sarif',
  'gitlab',
  'junit',
  'csv',
  'markdown',
  'html',
  'github',
  'azure',
] as const;
export type Format = (typeof FORMATS)[number];

/** What a caller may choose; everything has a default that is right for a file. */
export interface RenderOptions {
  /** Asked only by formats that show titles, help or remedies, and only when there are findings. */
  details?: () => Promise<ReadonlyMap<string, RuleDetails>> | ReadonlyMap<string, RuleDetails>;
  /** Write secrets as they are instead of their masks. */
  showSecrets?: boolean;
  /** Text only: print nothing when nothing was found and all was read. */
  quiet?: boolean;
  terminal?: Partial<Terminal>;
  /** Absolute folder that the report's paths are relative to: text links to files in it. */
  root?: string;
  /** GitHub only: receives the job summary in Markdown, for the file named by `GITHUB_STEP_SUMMARY`. */
  summary?: (markdown: string) => void;
}

/** What the text format may rely on in the terminal it is read in. */
export interface Terminal {
  colour: boolean;
  /** Columns. */
  width: number;
  /** Whether OSC 8 links are understood. */
  hyperlinks: boolean;
  /** Whether characters beyond ASCII can be shown. */
  unicode: boolean;
}

/** The options as a format sees them: nothing left to decide. */
export interface RenderContext {
  details: ReadonlyMap<string, RuleDetails>;
  /** True only when every secret of the report is known and was asked for. */
  reveal: boolean;
  quiet: boolean;
  terminal: Terminal;
  root?: string;
  summary?: (markdown: string) => void;
}

/** Writes a report in one format, as chunks, so that a report of any size never stands in memory twice. */
export type Renderer = (report: Report, context: RenderContext) => Iterable<string>;

/** @returns the chunks of the finished document, which ends with a line break unless it is empty */
export async function renderReport(
  format: Format,
  report: Report,
  options: RenderOptions = {},
): Promise<Iterable<string>> {
  const render = await RENDERERS[format]();
  const wanted = !NEEDS_NO_DETAILS.has(format) && report.findings.length > 0;
  const reveal = options.showSecrets === true && everySecretKnown(report);
  return render(reveal ? report : maskEverywhere(report), {
    details: (wanted && (await options.details?.())) || new Map(),
    reveal,
    quiet: options.quiet ?? false,
    terminal: { colour: false, width: 100, hyperlinks: false, unicode: true, ...options.terminal },
    root: options.root,
    summary: options.summary,
  });
}

/** Each format is a chunk of its own in the bundle: a hook that prints text loads no other. */
const RENDERERS: Record<Format, () => Promise<Renderer>> = {
  text: async () => (await import('./text.ts')).renderText,
  json: async () => (await import('./json.ts')).renderJson,
  jsonl: async () => (await import('./jsonl.ts')).renderJsonLines,
  sarif: async () => (await import('./sarif.ts')).renderSarif,
  gitlab: async () => (await import('./gitlab.ts')).renderGitlab,
  junit: async () => (await import('./junit.ts')).renderJunit,
  csv: async () => (await import('./csv.ts')).renderCsv,
  markdown: async () => (await import('./markdown.ts')).renderMarkdown,
  html: async () => (await import('./html.ts')).renderHtml,
  github: async () => (await import('./github.ts')).renderGithub,
  azure: async () => (await import('./azure.ts')).renderAzure,
};

const NEEDS_NO_DETAILS: ReadonlySet<Format> = new Set(['json', 'jsonl', 'csv']);

/** A report with some secrets masked is masked as a whole: a reader must be able to trust its one flag. */
function everySecretKnown({ findings }: Report): boolean {
  return findings.every(
    ({ secret, pair }) =>
      secret.known && (!pair || (pair.secret.known && (pair.sessionToken?.known ?? true))),
  );
}
