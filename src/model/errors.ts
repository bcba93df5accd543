/**
 * An error its reader can mend: a wrong flag, a missing file, a mistake in a rule. Shown as its message alone,
 * which names the thing and the remedy; every other error is a bug and shows its stack.
 */
export class UserError extends Error {
  override name = 'UserError';
  /** 2 for wrong usage or configuration, 3 when something could not be read. */
  readonly exitCode: 2 | 3;

  constructor(message: string, exitCode: 2 | 3 = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}
