/** Replaced by the build with the version in package.json. */
declare const UNLEAK_VERSION: string;

export const VERSION = typeof UNLEAK_VERSION === 'undefined' ? '0.0.0-source' : UNLEAK_VERSION;
