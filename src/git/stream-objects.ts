import { PassThrough } from 'node:stream';
import { GitError, type GitOptions, streamGit } from './run.ts';

export interface GitObject {
  id: string;
  type: string;
  /** Bytes. */
  size: number;
  content: Buffer;
}

/** Why an object could not be had. */
export interface Unreadable {
  id: string;
  reason: string;
}

/**
 * Objects by id, from one `git cat-file --batch` that keeps running. Ask ahead with `request`, take the answers in the
 * same order with `next`: git works while the caller does, and only the answers at hand are in memory.
 */
export class ObjectStream {
  readonly #options: GitOptions;
  readonly #limit: number;
  #queue: string[] = [];
  #input: PassThrough | undefined;
  #output: AsyncGenerator<Buffer, void, undefined> | undefined;
  #rest: Buffer = Buffer.alloc(0);

  /** @param limit the largest object (bytes) that is kept; larger ones are read over and reported */
  constructor(options: GitOptions, limit: number) {
    this.#options = options;
    this.#limit = limit;
  }

  request(id: string): void {
    this.#queue.push(id);
    this.#start();
    this.#input!.write(`${id}\n`);
  }

  /** The answer to the oldest request. */
  async next(): Promise<GitObject | Unreadable> {
    const id = this.#queue.shift()!;
    try {
      return await this.#read(id);
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      // git gives up at a damaged object: the others are asked of another process.
      this.#output = undefined;
      this.#rest = Buffer.alloc(0);
      const left = this.#queue;
      this.#queue = [];
      for (const other of left) this.request(other);
      return { id, reason: error.stderr.trim().split('\n').at(-1) || error.message };
    }
  }

  async close(): Promise<void> {
    this.#input?.end();
    await this.#output?.return();
  }

  #start(): void {
    if (this.#output) return;
    this.#input = new PassThrough();
    this.#output = streamGit(['cat-file', '--batch'], { ...this.#options, input: this.#input });
  }

  async #read(id: string): Promise<GitObject | Unreadable> {
    const [, type, sizeText] = (await this.#readLine()).split(' ');
    if (sizeText === undefined) return { id, reason: 'missing' };
    const size = Number(sizeText);
    if (size > this.#limit) {
      await this.#skip(size + 1);
      return { id, reason: `${size} bytes, over the limit of ${this.#limit}` };
    }
    const content = await this.#take(size + 1);
    return { id, type, size, content: content.subarray(0, size) };
  }

  async #readLine(): Promise<string> {
    let end = this.#rest.indexOf(10);
    while (end === -1) {
      this.#rest = Buffer.concat([this.#rest, await this.#more()]);
      end = this.#rest.indexOf(10);
    }
    const line = this.#rest.toString('latin1', 0, end);
    this.#rest = this.#rest.subarray(end + 1);
    return line;
  }

  async #take(size: number): Promise<Buffer> {
    const chunks = [this.#rest];
    let length = this.#rest.length;
    while (length < size) {
      const chunk = await this.#more();
      chunks.push(chunk);
      length += chunk.length;
    }
    const all = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    this.#rest = all.subarray(size);
    return all.subarray(0, size);
  }

  async #skip(size: number): Promise<void> {
    let left = size;
    while (left > this.#rest.length) {
      left -= this.#rest.length;
      this.#rest = await this.#more();
    }
    this.#rest = this.#rest.subarray(left);
  }

  async #more(): Promise<Buffer> {
    const { value, done } = await this.#output!.next();
    if (done) throw new GitError(['cat-file'], 0, 'ended before it had answered');
    return value;
  }
}
