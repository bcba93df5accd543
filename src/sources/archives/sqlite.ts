import type { Input } from './input.ts';
import { detectArchive } from './kind.ts';
import { Damaged } from './limits.ts';
import { type Member, memberPath, type Reading } from './member.ts';
import { SqlitePages } from './sqlite-pages.ts';
import { readRecord, type Value } from './sqlite-record.ts';
import { ByteStream, join } from './stream.ts';

/** A table larger than this is given in parts, in bytes. */
const PART = 16 * 2 ** 20;

/**
 * The rows of all tables, a member a table: `column: value` lines, a blank line after each row. Binary columns go to a
 * member of their own, archives among them are opened, and what was deleted and not yet written over is given as it stands.
 */
export function* readSqlite(input: Input, reading: Reading): Generator<Member> {
  const pages = new SqlitePages(input);
  for (const { name, root, columns } of readSchema(pages))
    yield* readTable(pages, name, root, columns, reading);
  yield* inParts(memberPath(reading.path, '(free pages)'), pages.freePages(), reading);
  yield* inParts(memberPath(reading.path, '(deleted rows)'), pages.gaps(), reading);
  if (pages.damage !== undefined) throw new Damaged(pages.damage);
}

interface Table {
  name: string;
  root: number;
  /** Empty when the stored order is not that of the definition. */
  columns: string[];
}

function readSchema(pages: SqlitePages): Table[] {
  const tables: Table[] = [];
  for (const { payload } of pages.cells(1)) {
    const [type, name, , root, sql] = readRecord(payload, pages.encoding);
    if (type !== 'table' || typeof root !== 'number' || root === 0) continue;
    const definition = typeof sql === 'string' ? sql : '';
    const columns = /\bwithout\s+rowid\b/i.test(definition) ? [] : columnNames(definition);
    tables.push({ name: String(name), root, columns });
  }
  return tables;
}

function* readTable(
  pages: SqlitePages,
  name: string,
  root: number,
  columns: string[],
  reading: Reading,
): Generator<Member> {
  const path = memberPath(reading.path, name);
  const binaries: Uint8Array[] = [];
  const archives: Member[] = [];
  const rows = function* () {
    for (const { rowid, payload } of pages.cells(root)) {
      const lines: string[] = [];
      for (const [i, value] of readRecord(payload, pages.encoding).entries()) {
        const column = columns[i] ?? `${i + 1}`;
        const text = textOf(value);
        if (text !== undefined) lines.push(`${column}: ${text}\n`);
        else if (value instanceof Uint8Array) {
          const inner = memberPath(reading.path, `${name}/${rowid ?? 0}/${column}`);
          if (detectArchive(value, inner)) archives.push({ path: inner, content: new ByteStream([value]) });
          else binaries.push(value, SEPARATOR);
        }
      }
      yield Buffer.from(`${lines.join('')}\n`);
    }
  };
  for (const member of inParts(path, rows(), reading)) {
    yield member;
    for (const archive of archives.splice(0)) {
      reading.budget.countEntry();
      yield archive;
    }
    if (binaries.length > 0) yield* inParts(`${path} (binary)`, binaries.splice(0), reading);
  }
}

const SEPARATOR = new Uint8Array(2);
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A value as text, or undefined when it is none. */
function textOf(value: Value): string | undefined {
  if (value === null) return undefined;
  if (!(value instanceof Uint8Array)) return String(value);
  if (value.includes(0)) return undefined;
  try {
    return utf8.decode(value);
  } catch {
    return undefined;
  }
}

/** Chunks gathered into members of about `PART` bytes; the second and later ones are numbered. */
function* inParts(path: string, chunks: Iterable<Uint8Array>, reading: Reading): Generator<Member> {
  let parts: Uint8Array[] = [];
  let size = 0;
  let number = 1;
  const flush = () => {
    const member = {
      path: number === 1 ? path : `${path}/${number}`,
      content: new ByteStream([join(parts)]),
    };
    parts = [];
    size = 0;
    number++;
    return member;
  };
  for (const chunk of chunks) {
    if (isBlank(chunk)) continue;
    reading.budget.charge(chunk.length);
    parts.push(chunk);
    size += chunk.length;
    if (size >= PART) yield flush();
  }
  if (size > 0) yield flush();
}

function isBlank(chunk: Uint8Array): boolean {
  return chunk.every((byte) => byte === 0);
}

/** The columns of a `CREATE TABLE`: what stands first between commas outside of parentheses, table constraints left out. */
function columnNames(sql: string): string[] {
  const names: string[] = [];
  const body = sql.slice(sql.indexOf('(') + 1);
  // Quotes and comments need no end here, so that none is looked for twice in a hostile definition.
  const token =
    /"((?:[^"]|"")*)"?|`([^`]*)`?|\[([^\]]*)\]?|'(?:[^']|'')*'?|--[^\n]*|\/\*(?:[^*]|\*(?!\/))*|[\w$\u0080-\uffff]+|[(),]/g;
  let depth = 0;
  let isFirst = true;
  for (const [whole, double, back, square] of body.matchAll(token)) {
    if (whole === '(') depth++;
    else if (whole === ')' && --depth < 0) break;
    else if (whole === ',' && depth === 0) isFirst = true;
    else if (isFirst && depth === 0 && !/^(?:--|\/\*)/.test(whole)) {
      isFirst = false;
      const quoted = double?.replaceAll('""', '"') ?? back ?? square;
      if (quoted !== undefined) names.push(quoted);
      else if (!/^(?:constraint|primary|unique|check|foreign)$/i.test(whole))
        names.push(whole.replace(/^'|'$/g, ''));
    }
  }
  return names;
}
