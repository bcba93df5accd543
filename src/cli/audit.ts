import { resolve } from 'node:path';
import type { BlobPlace } from '../engine/finding-set.ts';
import type { Attribution } from '../git/attribution/attribute.ts';
import { BLOB, idOf, type ObjectType } from '../git/objects/table.ts';
import { forNamedFolder } from '../git/run.ts';
import { UserError } from '../model/errors.ts';
import { type Audit, type AuditOptions, auditRepository } from '../sources/audit/audit.ts';
import { cloneBare, isRemote, removeClone, withoutCredentials } from '../sources/audit/clone.ts';
import { heldKeys, secretsOf } from '../sources/audit/delta-scanner.ts';
import type { Life } from '../sources/audit/first-places.ts';
import { scanPrinted } from '../sources/audit/large-objects.ts';
import { messageOf } from '../sources/audit/scan-shards.ts';
import { scanBlob } from '../sources/scan-blob.ts';
import { findRepositoryRoot } from '../suppress/config-file.ts';
import type { Command, Io, Values } from './command.ts';
import { Progress } from './progress.ts';
import { SCAN_OPTIONS } from './scan-options.ts';
import { ScanSession } from './scan-session.ts';
import { tuneForObjects } from './tune-engine.ts';

const ENGINES = ['delta', 'full', 'git'] as const;

export const audit: Command = {
  name: 'audit',
  summary: 'all that a repository holds: every ref, stash, note, reflog and unreachable object',
  usage: 'audit [repository or URL]',
  description:
    'Reads the object store itself: whatever was ever committed, stashed, noted, tagged or left behind, and the messages too. ' +
    'Each secret is told with every path it stood at, and the commit that first brought it there. A URL is cloned into a ' +
    'temporary folder, which is removed afterwards.',
  options: {
    ...SCAN_OPTIONS,
    since: { type: 'string', value: 'DATE', help: 'Only what commits after DATE brought' },
    branch: { type: 'string', value: 'NAME', help: 'Only what this branch holds' },
    'max-commits': { type: 'string', value: 'N', help: 'Only what the newest N commits brought' },
    engine: {
      type: 'string',
      value: 'ENGINE',
      choices: ENGINES,
      help: 'How blobs are read: by what changed, whole, or through git',
    },
  },
  examples: [
    ['unleak audit', 'the repository of the current folder'],
    ['unleak audit ../other --output html=audit.html', 'another one, as a page to read'],
    ['unleak audit https://example.com/team/app.git', 'a remote one'],
    ['unleak audit --since 2026-01-01 --branch main', 'a part of the history'],
  ],
  async run({ values, positionals }, io) {
    if (positionals.length > 1) throw new UserError('unleak audit takes one repository');
    const [target = '.'] = positionals;
    const open = (folder: string) => ScanSession.open(values, io, folder, findRepositoryRoot(folder));
    const named = positionals.length === 0 ? io : { ...io, env: forNamedFolder(io.env) };
    if (!isRemote(target, io.cwd)) {
      const folder = resolve(io.cwd, target);
      return auditFolder(await open(folder), folder, target, named);
    }
    // What can be wrong with options and configuration is told before the repository is fetched.
    const session = await open(io.cwd);
    const folder = await cloneBare(target, named);
    try {
      return await auditFolder(session, folder, withoutCredentials(target), named);
    } finally {
      await removeClone(folder);
    }
  },
};

async function auditFolder(session: ScanSession, cwd: string, name: string, io: Io): Promise<number> {
  const { values } = session;
  const progress = new Progress(io, values);
  const result = await auditRepository({
    cwd,
    env: io.env,
    rules: session.rules,
    leastConfidence: session.leastConfidence,
    includePublic: values['include-public'] === true,
    maxFileSize: session.maxFileSize,
    engine: (values.engine as AuditOptions['engine'] | undefined) ?? 'delta',
    jobs: session.jobs,
    signal: io.signal,
    narrowing: narrowingOf(values),
    onOpened: tuneForObjects,
    onProgress: ({ blobs, total, bytes, share }) =>
      progress.show(`${blobs} of at most ${total} objects`, bytes, share),
  });
  progress.clear();
  await addPlaces(session, result, cwd, io);
  const { bytes, blobs, commits, narrowed } = result;
  const skipped = result.skipped.length > MOST_SKIPPED ? cutSkipped(result.skipped) : result.skipped;
  return session.finish({ source: `audit ${name}`, bytes, blobs, commits, skipped, narrowed });
}

/** Objects that a partial clone lacks are told one by one up to here. */
const MOST_SKIPPED = 1000;

function cutSkipped(skipped: Audit['skipped']): Audit['skipped'] {
  const rest = skipped.length - MOST_SKIPPED;
  return [
    ...skipped.slice(0, MOST_SKIPPED),
    { path: `${rest} more objects`, reason: 'not read either, for reasons such as the above' },
  ];
}

function narrowingOf(values: Values): AuditOptions['narrowing'] {
  const most = values['max-commits'];
  if (most !== undefined && !/^[1-9]\d{0,8}$/.test(most as string)) {
    throw new UserError(`--max-commits ${most}: give a number of commits from 1 on`);
  }
  return {
    since: values.since as string | undefined,
    branch: values.branch as string | undefined,
    ...(most !== undefined && { maxCommits: Number(most) }),
  };
}

/** Reads each object once more, now under its path, and adds what stands there with its place in history. */
async function addPlaces(
  session: ScanSession,
  { places, isLeftOut, lifeOf, reader, large }: Audit,
  cwd: string,
  io: Io,
): Promise<void> {
  const { table } = reader.store;
  const scanner = session.scanner();
  const git = { cwd, env: io.env, signal: io.signal };
  const known = new Set<string>();
  for (const { row, attribution, keys } of places) {
    io.signal.throwIfAborted();
    const path = attribution.path ?? '';
    const { pathBytes } = attribution;
    // What an archive could not give was told when it was read first.
    const found = large.has(row)
      ? [{ path, detections: (await scanPrinted(scanner, idOf(table, row), path, git)).detections }]
      : scanBlob(scanner, path, readObject(reader, row), {
          skipped: [],
          pathBytes,
          secrets: secretsOf(keys),
        });
    for (const { detections, ...named } of found) {
      for (const detection of detections) {
        const [held] = heldKeys(detection);
        const key = `${held}\0${named.path}`;
        if (known.has(key) || isLeftOut(held, path)) continue;
        known.add(key);
        session.add(detection, { ...placeOf(attribution, lifeOf(held, path)), ...named });
      }
    }
  }
}

function readObject(reader: Audit['reader'], row: number): Uint8Array {
  const { type, pointer, length } = reader.whole(row);
  const bytes = reader.core.bytes.slice(pointer, pointer + length);
  reader.memory.release(pointer);
  return (type as ObjectType) === BLOB ? bytes : messageOf(bytes);
}

function placeOf(
  { path = '', pathBytes, commit, inHead, reachable, refs, reflog, lastCommit }: Attribution,
  life: Life = { inHead, lastCommit },
): BlobPlace {
  return {
    path,
    ...(pathBytes && { pathBytes }),
    ...(commit && {
      commit: commit.id,
      author: commit.author,
      email: commit.email,
      ...(commit.date && { date: commit.date }),
      message: commit.subject,
    }),
    inHead: life.inHead,
    reachable,
    refs: refs.length > 0 || !reflog ? refs : [reflog],
    ...(life.lastCommit && { lastCommit: life.lastCommit }),
  };
}
