/** How far an archive is followed. All sizes are bytes of expanded content. */
export interface ArchiveLimits {
  /** Containers in containers; a compressed tar counts once. */
  depth: number;
  /** Members of one outermost archive, at all depths together. */
  entries: number;
  /** An archive in an archive larger than this is named and not read: it is held whole, unless it is a tar or compressed stream. */
  heldBytes: number;
  /** What one outermost archive may expand to, at all depths together. */
  totalBytes: number;
  /** Expanded bytes for each byte of archive. Deflate cannot exceed 1032; logs and SQL dumps stay below 100. */
  ratio: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  depth: 5,
  entries: 200_000,
  heldBytes: 128 * 2 ** 20,
  totalBytes: 4 * 2 ** 30,
  ratio: 250,
};

/** Below this the ratio does not count: a page of zeros in a small archive does no harm. */
const HARMLESS_BYTES = 64 * 2 ** 20;

/** Content that is not what its format says, or ends early. What came before is still used. */
export class Damaged extends Error {
  override name = 'Damaged';
}

/** A stream that grows out of proportion. */
export class Bomb extends Damaged {
  override name = 'Bomb';
}

/** The outermost archive's allowance is used up: nothing more of it is read. */
export class OverBudget extends Error {
  override name = 'OverBudget';
}

/**
 * What a decoder threw, as damage: on hostile input a library or a typed array may raise anything.
 * @throws {OverBudget} when that is what it was
 */
export function damageOf(error: unknown): Damaged {
  if (error instanceof OverBudget) throw error;
  if (error instanceof Damaged) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Damaged(/unexpected EOF/i.test(message) ? 'truncated' : `damaged (${message})`);
}

/** The account of one outermost archive. */
export class Budget {
  readonly limits: ArchiveLimits;
  readonly #allowance: number;
  #spent = 0;
  #entries = 0;

  /** @param size bytes of the outermost archive as it stands on disk */
  constructor(limits: ArchiveLimits, size: number) {
    this.limits = limits;
    this.#allowance = Math.min(limits.totalBytes, Math.max(HARMLESS_BYTES, size * limits.ratio));
  }

  /** Bytes that may still be expanded. */
  get left(): number {
    return this.#allowance - this.#spent;
  }

  /** @throws {OverBudget} */
  charge(bytes: number): void {
    this.#spent += bytes;
    if (this.#spent > this.#allowance)
      throw new OverBudget(`expands to more than ${inMegabytes(this.#allowance)}: the rest was not read`);
  }

  /** @throws {OverBudget} */
  countEntry(): void {
    if (++this.#entries > this.limits.entries)
      throw new OverBudget(`holds more than ${this.limits.entries} entries: the rest was not read`);
  }

  /** Why a member that says it is this large will not be expanded, or undefined when it may be. */
  refuse(size: number, packed: number): string | undefined {
    if (size > HARMLESS_BYTES && size > packed * this.limits.ratio) return this.#bomb();
    if (size > this.left) return `expanding it would exceed ${inMegabytes(this.#allowance)} for this archive`;
    return undefined;
  }

  tooLarge(): string {
    return `too large (over ${inMegabytes(this.limits.heldBytes)}) to be read within an archive`;
  }

  /** Passes chunks on while their sum stays in proportion to what was consumed to make them. */
  *meter(chunks: Iterable<Uint8Array>, source: { position: number }): Generator<Uint8Array> {
    let sum = 0;
    for (const chunk of chunks) {
      sum += chunk.length;
      if (sum > HARMLESS_BYTES && sum > source.position * this.limits.ratio) throw new Bomb(this.#bomb());
      this.charge(chunk.length);
      yield chunk;
    }
  }

  #bomb(): string {
    return `expands to more than ${this.limits.ratio} times its size: a decompression bomb`;
  }
}

function inMegabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`;
}
