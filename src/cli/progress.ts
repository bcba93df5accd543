import { milliseconds } from './clock.ts';
import type { Io, Values } from './command.ts';

/** One line on standard error that is rewritten while long work runs. Nothing when that is no terminal. */
export class Progress {
  readonly #io: Io;
  readonly #on: boolean;
  readonly #from = milliseconds();
  #width = 0;

  constructor(io: Io, values: Values) {
    this.#io = io;
    this.#on = io.stderr.isTTY === true && !values['no-progress'] && !values.quiet;
  }

  /** @param text what was done so far; the rate of `bytes` is added */
  show(text: string, bytes: number): void {
    if (!this.#on) return;
    const seconds = (milliseconds() - this.#from) / 1000;
    if (seconds < 0.3) return;
    const line = `${text}, ${(bytes / 1e6 / seconds).toFixed(0)} MB/s`.slice(
      0,
      (this.#io.stderr.columns ?? 80) - 1,
    );
    this.#io.stderr.write(`\r${line.padEnd(this.#width)}`);
    this.#width = line.length;
  }

  clear(): void {
    if (this.#width > 0) this.#io.stderr.write(`\r${' '.repeat(this.#width)}\r`);
    this.#width = 0;
  }
}
