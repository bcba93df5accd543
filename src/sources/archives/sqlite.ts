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
  yield* gather('(free pages)', pages.freePages(), reading);
  yield* gather('(deleted rows)', pages.gaps(), reading);
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
  const texts = new Parts(memberPath(reading.path, name), reading);
  const binaries = new Parts(memberPath(reading.path, `${name} (binary)`), reading);
  for (const { rowid, payload } of pages.cells(root)) {
    const lines: string[] = [];
    for (const [i, value] of readRecord(payload, pages.encoding).entries()) {
      const column = columns[i] ?? `${i + 1}`;
      const text = textOf(value);
      if (text !== undefined) lines.push(`${column}: ${text}\n`);
      else if (value instanceof Uint8Array) {
        const path = memberPath(reading.path, `${name}/${rowid ?? 0}/${column}`);
        if (detectArchive(value, path) === undefined) yield* binaries.add(value, SEPARATOR);
        else {
          reading.budget.countEntry();
          reading.budget.charge(value.length);
          yield { path, content: new ByteStream([value]) };
        }
      }
    }
    if (lines.length > 0) yield* texts.add(Buffer.from(`${lines.join('')}\n`));
  }
  yield* texts.rest();
  yield* binaries.rest();
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

function* gather(name: string, chunks: Iterable<Uint8Array>, reading: Reading): Generator<Member> {
  const parts = new Parts(memberPath(reading.path, name), reading);
  for (const chunk of chunks) if (!isBlank(chunk)) yield* parts.add(chunk);
  yield* parts.rest();
}

/** Gathers chunks into members of about `PART` bytes; the second and later ones are numbered. */
class Parts {
  readonly #path: string;
  readonly #reading: Reading;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #number = 0;

  constructor(path: string, reading: Reading) {
    this.#path = path;
    this.#reading = reading;
  }

  *add(...chunks: Uint8Array[]): Generator<Member> {
    for (const chunk of chunks) {
      this.#reading.budget.charge(chunk.length);
      this.#chunks.push(chunk);
      this.#size += chunk.length;
    }
    if (this.#size >= PART) yield* this.rest();
  }

  *rest(): Generator<Member> {
    if (this.#size === 0) return;
    this.#number++;
    const path = this.#number === 1 ? this.#path : `${this.#path}/${this.#number}`;
    const content = new ByteStream([join(this.#chunks)]);
    this.#chunks = [];
    this.#size = 0;
    yield { path, content };
  }
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
