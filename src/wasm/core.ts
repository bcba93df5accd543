import { readFileSync } from 'node:fs';
import { assetUrl } from './asset-url.ts';

/** The hot loops, compiled from `assembly/` (AssemblyScript) to WebAssembly. Addresses and lengths are bytes in `memory`. */
export interface CoreExports {
  memory: WebAssembly.Memory;
  /** First address that the module itself does not use. */
  heapBase(): number;
}

const PAGE = 65536;

/** A module instance of its own memory, which a caller lays out as it likes from `base` on. */
export class Core<Exports extends CoreExports = CoreExports> {
  readonly exports: Exports;
  /** First free address, aligned to 64 bytes. */
  readonly base: number;
  #view: Uint8Array;

  constructor() {
    const module = compileCore();
    const instance = new WebAssembly.Instance(module, {});
    this.exports = instance.exports as unknown as Exports;
    this.base = (this.exports.heapBase() + 63) & ~63;
    this.#view = new Uint8Array(this.exports.memory.buffer);
  }

  /** All of the memory; asked anew after `reserve`, which may move it. */
  get bytes(): Uint8Array {
    return this.#view;
  }

  /** Makes sure that addresses below `end` exist. */
  reserve(end: number): void {
    const missing = end - this.#view.length;
    if (missing <= 0) return;
    // Growing copies nothing but detaches the old view, so it is done in steps of at least 4 MB.
    this.exports.memory.grow(Math.ceil(Math.max(missing, 4 << 20) / PAGE));
    this.#view = new Uint8Array(this.exports.memory.buffer);
  }
}

let compiled: WebAssembly.Module | undefined;

function compileCore(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(assetUrl('core.wasm')));
  return compiled;
}
