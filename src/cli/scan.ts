import { namePath } from '../git/path-name.ts';
import { UserError } from '../model/errors.ts';
import { listPaths } from '../sources/paths.ts';
import { type ScanFilesResult, scanFiles } from '../sources/scan-files.ts';
import type { Arguments, Command, Io } from './command.ts';
import { Progress } from './progress.ts';
import { SCAN_OPTIONS } from './scan-options.ts';
import { ScanSession } from './scan-session.ts';

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
  const { detections, bytes } = await scanStream(session.scanner(), io.stdin, path);
  for (const detection of detections) session.add(detection, { path });
  return session.finish({ source: 'stdin', bytes, blobs: 1, commits: 0, skipped: [] });
}

async function scanPaths(session: ScanSession, { values, positionals }: Arguments, io: Io): Promise<number> {
  const listed = await listPaths(positionals, {
    cwd: io.cwd,
    env: io.env,
    noGitignore: values['no-gitignore'] === true,
    exclude: (values.exclude as string[]) ?? [],
    include: (values.include as string[]) ?? [],
  });
  const { files } = listed;
  const progress = new Progress(io, values);
  const result = await scanFiles(files, {
    cwd: io.cwd,
    rules: session.rules,
    now: session.now,
    jobs: session.jobs,
    maxFileSize: session.maxFileSize,
    signal: io.signal,
    scanner: session.scanner(),
    onProgress: (done) =>
      progress.show(`${done.files} of ${files.length} files, ${done.found} found`, done.bytes),
  });
  progress.clear();
  report(session, files, result);
  return session.finish({
    source: 'scan',
    bytes: result.bytes,
    blobs: result.files,
    commits: 0,
    skipped: [...listed.skipped, ...result.skipped],
  });
}

function report(session: ScanSession, files: Buffer[], { detections }: ScanFilesResult): void {
  for (const { file, detections: found } of detections) {
    const where = namePath(files[file]);
    for (const detection of found) session.add(detection, where);
  }
}
