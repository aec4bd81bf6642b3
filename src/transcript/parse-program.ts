/** Finds the program that wrote a pasted text. Undefined if no program of `PROGRAMS` matches. */
import type { Program } from '../vocabulary/program.ts';
import { PROGRAMS } from '../vocabulary/programs.ts';
import type { Finder } from './finder.ts';

export function programIn(finder: Finder): Program | undefined {
  return PROGRAMS.find(({ hints, pattern }) => finder.find(hints, pattern) !== undefined);
}
