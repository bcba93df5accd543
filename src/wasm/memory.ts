import type { Core } from './core.ts';

const ALIGNMENT = 64;

/**
 * Hands out the module's memory. Few blocks live at a time (a delta walk holds one blob a branch), so one sorted list of free
 * blocks, first fit, neighbours joined again, is both quick and tight: freed room of any size serves the next blob.
 */
export class Memory {
  readonly core: Core;
  #end: number;
  /** Free blocks by address: start, length, start, length... */
  readonly #free: number[] = [];
  readonly #lengths = new Map<number, number>();

  /** @param base what is below is not its own */
  constructor(core: Core, base = core.base) {
    this.core = core;
    this.#end = base;
  }

  /** @returns the address of at least `length` bytes, aligned to 64; what stands there is undefined */
  allocate(length: number): number {
    const size = Math.max(ALIGNMENT, Math.ceil(length / ALIGNMENT) * ALIGNMENT);
    const free = this.#free;
    for (let i = 0; i < free.length; i += 2) {
      if (free[i + 1] < size) continue;
      const address = free[i];
      if (free[i + 1] === size) free.splice(i, 2);
      else {
        free[i] += size;
        free[i + 1] -= size;
      }
      this.#lengths.set(address, size);
      return address;
    }
    const address = this.#end;
    this.core.reserve(address + size);
    this.#end += size;
    this.#lengths.set(address, size);
    return address;
  }

  /** @throws {Error} when nothing was allocated at `address` */
  release(address: number): void {
    const size = this.#lengths.get(address);
    if (size === undefined) throw new Error(`no block was allocated at ${address}`);
    this.#lengths.delete(address);
    const free = this.#free;
    let i = free.length;
    while (i > 0 && free[i - 2] > address) i -= 2;
    const joinsPrevious = i > 0 && free[i - 2] + free[i - 1] === address;
    const joinsNext = i < free.length && address + size === free[i];
    if (joinsPrevious && joinsNext) {
      free[i - 1] += size + free[i + 1];
      free.splice(i, 2);
    } else if (joinsPrevious) free[i - 1] += size;
    else if (joinsNext) {
      free[i] = address;
      free[i + 1] += size;
    } else free.splice(i, 0, address, size);
    this.#trim();
  }

  /** Bytes in use or free below the highest address ever handed out and not given back. */
  get extent(): number {
    return this.#end;
  }

  #trim(): void {
    const free = this.#free;
    const last = free.length - 2;
    if (last >= 0 && free[last] + free[last + 1] === this.#end) {
      this.#end = free[last];
      free.length = last;
    }
  }
}
