import { showDuration } from '../report/figures.ts';
import { milliseconds } from './clock.ts';
import type { Io, Values } from './command.ts';

/** Work of less than this many seconds says nothing, and needs no estimate. */
const LEAST_SHOWN = 0.3;
const LEAST_ESTIMATED = 2;

/** One line on standard error that is rewritten while long work runs. Nothing when that is no terminal, or one that cannot. */
export class Progress {
  readonly #io: Io;
  readonly #on: boolean;
  readonly #from = milliseconds();
  #width = 0;

  constructor(io: Io, values: Values) {
    this.#io = io;
    this.#on = io.stderr.isTTY === true && io.env.TERM !== 'dumb' && !values['no-progress'] && !values.quiet;
  }

  /**
   * @param text what was done so far; the rate of `bytes` is added
   * @param share how much of the work that is, from 0 to 1, when it is known: the time that is left is added
   */
  show(text: string, bytes: number, share?: number): void {
    if (!this.#on) return;
    const seconds = (milliseconds() - this.#from) / 1000;
    if (seconds < LEAST_SHOWN) return;
    const rate = `${(bytes / 1e6 / seconds).toFixed(0)} MB/s`;
    const left =
      share && share < 1 && seconds > LEAST_ESTIMATED
        ? `, about ${showDuration(Math.ceil((seconds / share) * (1 - share)) * 1000)} left`
        : '';
    const line = `${text}, ${rate}${left}`.slice(0, (this.#io.stderr.columns || 80) - 1);
    this.#io.stderr.write(`\r${line.padEnd(this.#width)}`);
    this.#width = line.length;
  }

  clear(): void {
    if (this.#width > 0) this.#io.stderr.write(`\r${' '.repeat(this.#width)}\r`);
    this.#width = 0;
  }
}
