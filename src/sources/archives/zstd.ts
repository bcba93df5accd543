import { readFileSync } from 'node:fs';
import { assetUrl } from '../../wasm/asset-url.ts';
import { Damaged, damageOf } from './limits.ts';
import type { ByteStream } from './stream.ts';

/**
 * Zstandard frames (RFC 8878), decoded by libzstd itself (compiled to WebAssembly by the package zstddec, whose own
 * loop never ends on damaged input: it looks at no error code). Each call makes 128 KB at most, so a bomb is noticed
 * before it grows; a window over 128 MB is refused, as `zstd` does unless told otherwise.
 */
export function* unzstd(packed: ByteStream): Generator<Uint8Array> {
  if (!startsFrame(packed)) throw new Damaged('damaged: no zstd frame');
  const decoder = spare.pop() ?? new Decoder();
  try {
    // What follows the last frame is none of it.
    while (startsFrame(packed)) yield* decoder.frame(packed);
  } catch (error) {
    throw damageOf(error);
  } finally {
    if (decoder.reset()) spare.push(decoder);
  }
  if (packed.problem !== undefined) throw new Damaged(packed.problem);
}

/** Bytes offered and made at once: what libzstd recommends is 128 KB, a block's largest size. */
const STEP = 131_072;
/** `ZSTD_inBuffer` and `ZSTD_outBuffer`: a pointer, a size, a position. */
const BUFFER = 12;
/** Results above this are negated codes of `zstd_errors.h`. */
const HIGHEST_ERROR = 120;
/** A decoder that grew beyond this (bytes) for a large window is not kept. */
const KEPT = 32 * 2 ** 20;

const REASONS: Record<number, string> = {
  16: 'needs a window of more than 128 MB',
  22: 'damaged (checksum)',
  32: 'packed with a zstd dictionary that is not at hand',
  64: 'needs more memory than there is',
};

/** Decoders at rest: one for each depth at which zstd was met. */
const spare: Decoder[] = [];

interface ZstdExports {
  memory: WebAssembly.Memory;
  malloc(size: number): number;
  ZSTD_createDCtx(): number;
  ZSTD_freeDCtx(context: number): void;
  ZSTD_decompressStream(context: number, output: number, input: number): number;
}

class Decoder {
  readonly #exports: ZstdExports;
  /** Two buffer structures, then the input, then the output. */
  readonly #base: number;
  #context = 0;
  /** Unset while libzstd runs: a trap leaves its heap in disorder. */
  #isSound = true;

  constructor() {
    const imports = { env: { emscripten_notify_memory_growth: () => {} } };
    this.#exports = new WebAssembly.Instance(compile(), imports).exports as unknown as ZstdExports;
    this.#base = this.#exports.malloc(2 * BUFFER + 2 * STEP);
  }

  *frame(packed: ByteStream): Generator<Uint8Array> {
    this.#context ||= this.#exports.ZSTD_createDCtx();
    for (;;) {
      const offered = packed.peek(STEP);
      const { left, consumed, made } = this.#step(offered);
      packed.skip(consumed);
      if (made.length > 0) yield made;
      if (left === 0) return;
      if (consumed > 0 || made.length > 0) continue;
      throw new Damaged(packed.problem ?? 'truncated');
    }
  }

  /** @returns false when it is not worth keeping */
  reset(): boolean {
    if (!this.#isSound || this.#exports.memory.buffer.byteLength > KEPT) return false;
    this.#exports.ZSTD_freeDCtx(this.#context);
    this.#context = 0;
    return true;
  }

  #step(offered: Uint8Array): { left: number; consumed: number; made: Uint8Array } {
    const { memory, ZSTD_decompressStream } = this.#exports;
    const input = this.#base;
    const output = input + BUFFER;
    const inputData = output + BUFFER;
    const outputData = inputData + STEP;
    const length = Math.min(offered.length, STEP);
    new Uint8Array(memory.buffer, inputData, length).set(offered.subarray(0, length));
    new Uint32Array(memory.buffer, input, 6).set([inputData, length, 0, outputData, STEP, 0]);
    this.#isSound = false;
    const left = ZSTD_decompressStream(this.#context, output, input) >>> 0;
    this.#isSound = true;
    const error = -left >>> 0;
    if (error > 0 && error <= HIGHEST_ERROR)
      throw new Damaged(REASONS[error] ?? `damaged (zstd error ${error})`);
    // The memory may have been moved by growing.
    const words = new Uint32Array(memory.buffer, input, 6);
    const made = new Uint8Array(memory.buffer, outputData, words[5]).slice();
    return { left, consumed: words[2], made };
  }
}

/** A frame's magic number stands next: of content, or of one to skip, which libzstd does. */
function startsFrame(packed: ByteStream): boolean {
  const magic = packed.peek(4);
  if (magic.length === 0) return false;
  if (magic.length < 4) throw new Damaged('truncated');
  const number = Buffer.from(magic).readUInt32LE();
  return number === 0xfd2fb528 || number >>> 4 === 0x184d2a5;
}

let compiled: WebAssembly.Module | undefined;

function compile(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(assetUrl('zstd.wasm')));
  return compiled;
}
