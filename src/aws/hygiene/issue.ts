/** Something that is not as it should be. */
export interface Issue {
  what: string;
  /** User, or path of the file. */
  who: string;
  /** `over` a limit decides the exit code, `note` does not. */
  level: 'over' | 'note';
  /** What to do or use instead. */
  instead: string;
}
