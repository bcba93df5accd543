/** The paths that messages of commits and of annotated tags are reported under. */
export const COMMIT_MESSAGE = 'COMMIT_MSG';
export const TAG_MESSAGE = 'TAG_MSG';
