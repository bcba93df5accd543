/** What build/train-scorer.mjs takes from the engine, so that a model is trained on the very features it will meet. */
export { readAssignment } from '../src/engine/checks/assignment.ts';
export { roleOf } from '../src/engine/checks/file-role.ts';
export { findObvious } from '../src/engine/checks/obvious-value.ts';
export { FEATURES } from '../src/engine/checks/value-features.ts';
export { Scanner } from '../src/engine/scanner.ts';
