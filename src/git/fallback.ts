import type { Skipped } from '../model/report.ts';
import { type GitOptions, streamGit } from './run.ts';

/** An object as git itself prints it. */
export interface PrintedObject {
  /** In hex. */
  id: string;
  type: 'commit' | 'tree' | 'blob' | 'tag';
  /** Bytes. */
  size: number;
  /** All of it, unless it is larger than the limit. */
  bytes?: Buffer;
  /** Of a larger object: its content piece by piece, to be read before the next object is asked for. */
  pieces?: AsyncIterable<Buffer>;
}

export interface PrintOptions {
  /** Objects above this many bytes come in pieces. Default 64 MB. */
  large?: number;
  /** Gets what git says is missing. */
  onMissing?: (missing: Skipped) => void;
}

/**
 * Every object of the repository, in no order, through `git cat-file`: for stores that the object reader does not know, and
 * to check it. Several times slower than reading the packs.
 * @throws {GitError} after the last object, when git failed on the way
 */
export function printAllObjects(
  git: GitOptions,
  options: PrintOptions = {},
): AsyncGenerator<PrintedObject, void> {
  const args = ['cat-file', '--batch-all-objects', '--batch', '--buffer', '--unordered'];
  return parseBatch(streamGit(args, git), options);
}

/** The objects with these ids (hex), in this order. */
export function printObjects(
  ids: readonly string[],
  git: GitOptions,
  options: PrintOptions = {},
): AsyncGenerator<PrintedObject, void> {
  const input = ids.map((id) => `${id}\n`).join('');
  return parseBatch(streamGit(['cat-file', '--batch', '--buffer'], { ...git, input }), options);
}

/** The format of `git cat-file --batch`: a line `id SP type SP size`, the content, a line break. */
async function* parseBatch(
  stream: AsyncGenerator<Buffer, void>,
  { large = 64 << 20, onMissing }: PrintOptions,
): AsyncGenerator<PrintedObject, void> {
  const input = new Input(stream);
  try {
    for (;;) {
      const line = await input.line();
      if (line === undefined) return;
      const [id, type, length] = line.split(' ');
      if (length === undefined) {
        onMissing?.({ path: `object ${id}`, reason: `git says it is ${type}` });
        continue;
      }
      const size = Number(length);
      const head = { id, type: type as PrintedObject['type'], size };
      if (size <= large) {
        yield { ...head, bytes: await input.take(size) };
      } else {
        const pieces = input.pieces(size);
        yield { ...head, pieces };
        for await (const _ of pieces);
      }
      await input.take(1);
    }
  } finally {
    await stream.return();
  }
}

/** Pulls lines and runs of bytes out of a stream of chunks, copying only what spans two of them. */
class Input {
  readonly #stream: AsyncGenerator<Buffer, void>;
  #chunk: Buffer = Buffer.alloc(0);
  #left = 0;

  constructor(stream: AsyncGenerator<Buffer, void>) {
    this.#stream = stream;
  }

  /** @returns undefined at the end */
  async line(): Promise<string | undefined> {
    let text = '';
    for (;;) {
      const end = this.#chunk.indexOf(10);
      if (end >= 0) {
        text += this.#chunk.toString('latin1', 0, end);
        this.#chunk = this.#chunk.subarray(end + 1);
        return text;
      }
      text += this.#chunk.toString('latin1');
      if (!(await this.#more())) {
        if (text) throw new Error('git cat-file ended in the middle of a line');
        return undefined;
      }
    }
  }

  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = length; ; ) {
      const part = this.#chunk.subarray(0, left);
      this.#chunk = this.#chunk.subarray(part.length);
      left -= part.length;
      parts.push(part);
      if (left === 0) return parts.length === 1 ? part : Buffer.concat(parts);
      if (!(await this.#more())) throw new Error('git cat-file ended in the middle of an object');
    }
  }

  /** What is not read of it is read when it is iterated again. */
  pieces(length: number): AsyncIterable<Buffer> {
    this.#left = length;
    const next = () => this.#piece();
    return {
      async *[Symbol.asyncIterator]() {
        for (let piece = await next(); piece; piece = await next()) yield piece;
      },
    };
  }

  async #piece(): Promise<Buffer | undefined> {
    if (this.#left === 0) return undefined;
    if (this.#chunk.length === 0 && !(await this.#more())) {
      throw new Error('git cat-file ended in the middle of an object');
    }
    const piece = this.#chunk.subarray(0, this.#left);
    this.#chunk = this.#chunk.subarray(piece.length);
    this.#left -= piece.length;
    return piece;
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#stream.next();
    if (done || !value) return false;
    this.#chunk = value;
    return true;
  }
}
