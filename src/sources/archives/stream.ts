import { Bomb, Damaged, damageOf } from './limits.ts';

const NOTHING = new Uint8Array(0);

/**
 * Bytes that come once, in order, from a generator that makes them on demand: nothing is decompressed before it is asked for.
 * Damage ends the stream instead of throwing, so that what came before it is still read; `problem` then says what happened.
 * All it throws is `OverBudget`.
 */
export class ByteStream {
  /** Bytes taken so far. */
  position = 0;
  problem: string | undefined;
  /** The stream was cut because it grew out of proportion: what it gave is not worth scanning. */
  isBomb = false;
  readonly #chunks: Iterator<Uint8Array>;
  #ready: Uint8Array = NOTHING;
  #ended = false;

  constructor(chunks: Iterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.iterator]();
  }

  /** The next `length` bytes, or fewer at the end, without taking them. */
  peek(length: number): Uint8Array {
    if (this.#ready.length < length) {
      const parts = this.#ready.length === 0 ? [] : [this.#ready];
      for (let sum = this.#ready.length; sum < length; ) {
        const chunk = this.#pull();
        if (chunk === undefined) break;
        parts.push(chunk);
        sum += chunk.length;
      }
      this.#ready = parts.length === 1 ? parts[0] : join(parts);
    }
    return this.#ready.length > length ? this.#ready.subarray(0, length) : this.#ready;
  }

  /** Takes `length` bytes, or fewer at the end. */
  read(length: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let missing = length;
    while (missing > 0) {
      const part = this.take(missing);
      if (part === undefined) break;
      parts.push(part);
      missing -= part.length;
    }
    return parts.length === 1 ? parts[0] : join(parts);
  }

  /** Takes exactly `length` bytes. @throws {Damaged} when there are fewer */
  need(length: number): Uint8Array {
    const bytes = this.read(length);
    if (bytes.length < length) throw new Damaged(this.problem ?? 'truncated');
    return bytes;
  }

  /** Takes whatever is at hand, at most `most` bytes; undefined at the end. */
  take(most: number): Uint8Array | undefined {
    if (this.#ready.length === 0) this.#ready = this.#pull() ?? NOTHING;
    if (this.#ready.length === 0) return undefined;
    const part = this.#ready.subarray(0, most);
    this.#ready = this.#ready.subarray(part.length);
    this.position += part.length;
    return part;
  }

  /** @returns how many bytes there were to skip */
  skip(length: number): number {
    let left = length;
    while (left > 0) {
      const part = this.take(left);
      if (part === undefined) break;
      left -= part.length;
    }
    return length - left;
  }

  /** All the rest, or undefined when it is more than `limit` bytes. */
  rest(limit: number): Uint8Array | undefined {
    const parts: Uint8Array[] = [];
    let sum = 0;
    for (let part = this.take(limit + 1); part !== undefined; part = this.take(limit + 1)) {
      sum += part.length;
      if (sum > limit) return undefined;
      parts.push(part);
    }
    return parts.length === 1 ? parts[0] : join(parts);
  }

  *pieces(most: number): Generator<Uint8Array> {
    for (let part = this.take(most); part !== undefined; part = this.take(most)) yield part;
  }

  /** The stream up to a position, as a stream of its own. Read it before anything else is taken from this one. */
  until(end: number): ByteStream {
    return new ByteStream(this.#until(end));
  }

  *#until(end: number): Generator<Uint8Array> {
    while (this.position < end) {
      const piece = this.take(end - this.position);
      if (piece === undefined) return;
      yield piece;
    }
  }

  /** @returns false when the stream ends before that position */
  skipTo(end: number): boolean {
    const missing = end - this.position;
    return missing <= 0 || this.skip(missing) === missing;
  }

  /** Lets the generator behind the stream clean up. */
  close(): void {
    this.#ended = true;
    this.#ready = NOTHING;
    this.#chunks.return?.();
  }

  #pull(): Uint8Array | undefined {
    while (!this.#ended) {
      try {
        const { done, value } = this.#chunks.next();
        if (done) this.#ended = true;
        else if (value.length > 0) return value;
      } catch (error) {
        const damage = damageOf(error);
        this.#ended = true;
        this.problem = damage.message;
        this.isBomb = damage instanceof Bomb;
      }
    }
    return undefined;
  }
}

export function join(parts: Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
