/** Milliseconds since some moment, which no change of the clock touches. `performance` would cost a hook 2 ms to load. */
export function milliseconds(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
