import { namePath } from '../git/path-name.ts';
import { UserError } from '../model/errors.ts';
import type { Skipped } from '../model/report.ts';
import { listPaths } from '../sources/paths.ts';
import { type ScanFilesResult, scanFiles } from '../sources/scan-files.ts';
import type { Arguments, Command, Io } from './command.ts';
import { narrowedByPaths } from './narrowing.ts';
import { Progress } from './progress.ts';
import { SCAN_OPTIONS } from './scan-options.ts';
import { ScanSession } from './scan-session.ts';
import { tuneForFiles } from './tune-engine.ts';

export const scan: Command = {
  name: 'scan',
  summary: 'files and folders, or - for standard input',
  usage: 'scan [path..]',
  description:
    'Scans files. In a git work tree: what git tracks and what it does not ignore; elsewhere everything but .git. ' +
    'Without a path, the current folder.',
  options: {
    ...SCAN_OPTIONS,
    exclude: { type: 'string', multiple: true, value: 'GLOB', help: 'Leave out these paths' },
    include: { type: 'string', multiple: true, value: 'GLOB', help: 'Only these paths' },
    'no-gitignore': { type: 'boolean', help: 'Scan what git ignores too' },
    'stdin-filename': { type: 'string', value: 'NAME', help: 'The path that standard input stands for' },
    explain: {
      type: 'string',
      value: 'FILE:LINE',
      help: 'Say which rules looked at a line, and why they dropped it',
    },
  },
  examples: [
    ['unleak scan .', 'the current folder'],
    ['unleak scan src "config/**/*.yaml" --exclude fixtures', 'some paths'],
    ['git diff | unleak scan -', 'standard input'],
    ['unleak scan . --output sarif=out.sarif --output html=out.html', 'reports to files'],
    ['unleak scan --explain config.yaml:12', 'why a line is, or is not, a finding'],
  ],
  async run({ values, positionals }, io) {
    const session = await ScanSession.open(values, io);
    if (values.explain) {
      const { explain } = await import('./explain.ts');
      return explain(session, values.explain as string);
    }
    if (positionals.includes('-')) {
      if (positionals.length > 1)
        throw new UserError('- is standard input: give it alone, or paths without it');
      return scanInput(session, io);
    }
    if (values['stdin-filename'])
      throw new UserError('--stdin-filename needs - as the path: unleak scan - --stdin-filename NAME');
    return scanPaths(session, { values, positionals }, io);
  },
};

async function scanInput(session: ScanSession, io: Io): Promise<number> {
  const { scanStream } = await import('../sources/stdin.ts');
  const path = (session.values['stdin-filename'] as string | undefined) ?? '-';
  const { found, bytes, skipped } = await scanStream(session.scanner(), io.stdin, path, {
    signal: io.signal,
    noArchives: session.values['no-archives'] === true,
  });
  for (const { path, detections } of found)
    for (const detection of detections) session.add(detection, { path });
  return session.finish({ source: 'stdin', bytes, blobs: 1, commits: 0, skipped });
}

async function scanPaths(session: ScanSession, { values, positionals }: Arguments, io: Io): Promise<number> {
  const progress = new Progress(io, values);
  const totals = { source: 'scan', bytes: 0, blobs: 0, commits: 0, skipped: [] as Skipped[] };
  // A submodule is met as an entry that is no file; its files are listed by its own git.
  for (let targets = positionals; ; ) {
    const { files, skipped } = await listPaths(targets, {
      cwd: io.cwd,
      env: io.env,
      noGitignore: values['no-gitignore'] === true,
      exclude: (values.exclude as string[]) ?? [],
      include: (values.include as string[]) ?? [],
    });
    tuneForFiles(files.length);
    const result = await scanFiles(files, {
      cwd: io.cwd,
      rules: session.selectedRules,
      now: session.now,
      jobs: session.jobs,
      maxFileSize: session.maxFileSize,
      noArchives: values['no-archives'] === true,
      signal: io.signal,
      scanner: session.scanner(),
      onProgress: (done) =>
        progress.show(
          `${done.files} of ${files.length} files, ${done.found} found`,
          done.bytes,
          done.files / files.length,
        ),
    });
    report(session, files, result);
    totals.bytes += result.bytes;
    totals.blobs += result.files;
    totals.skipped.push(...skipped, ...result.skipped);
    if (result.folders.length === 0) break;
    targets = result.folders;
  }
  progress.clear();
  return session.finish({ ...totals, narrowed: narrowedByPaths(positionals, io.cwd) });
}

function report(session: ScanSession, files: Buffer[], { detections }: ScanFilesResult): void {
  for (const { file, member, detections: found } of detections) {
    const where = member ?? namePath(files[file]);
    for (const detection of found) session.add(detection, where);
  }
}
