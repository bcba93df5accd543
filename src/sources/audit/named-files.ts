import picomatch from 'picomatch';
import type { Rule } from '../../rules/rule.ts';

/** The rules by what an audit must know to try them: contents come before trees, and without trees no blob has a name. */
export interface RulesByNeed {
  /** Tried on every blob. */
  anywhere: Rule[];
  /** Tried on blobs that some tree gives a fitting name, or that stand in a fitting folder. */
  named: Rule[];
}

export function splitByNeed(rules: Rule[]): RulesByNeed {
  const isNamed = ({ paths }: Rule) => paths?.every((path) => nameOf(path) ?? folderOf(path)) ?? false;
  return { anywhere: rules.filter((rule) => !isNamed(rule)), named: rules.filter(isNamed) };
}

/** @returns whether one of the rules may look at a file for its name alone; undefined when none does */
export function createNameTest(named: Rule[]): ((name: string) => boolean) | undefined {
  const names = new Set(pathsOf(named).flatMap((path) => nameOf(path) ?? []));
  return names.size === 0 ? undefined : picomatch([...names], { dot: true, nocase: true });
}

/** @returns whether one of the rules looks at all that a folder of this name holds */
export function createFolderTest(named: Rule[]): (name: string) => boolean {
  const folders = new Set(pathsOf(named).flatMap((path) => folderOf(path) ?? []));
  return (name) => folders.has(name.toLowerCase());
}

function pathsOf(rules: Rule[]): string[] {
  return rules.flatMap(({ paths }) => paths ?? []);
}

/** The last part of a glob, when it tells something of the name. */
function nameOf(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  // Braces, brackets and groups may hold a slash of their own, of which this is the second half.
  const isCut = /[)}\]]/.test(name) && !/[({[]/.test(name);
  return /^[*?]*$/.test(name) || isCut ? undefined : name;
}

/** The folder of a glob such as `**` + `/folder/**`, in small letters. */
function folderOf(path: string): string | undefined {
  return /^\*\*\/([\w.-]+)\/\*\*$/.exec(path)?.[1].toLowerCase();
}
