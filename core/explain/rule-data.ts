import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { fromRoot } from '../paths.ts';

/** What is wrong with a piece of rule data: where in it, and what to do about it. */
export interface RuleProblem {
  readonly path: string;
  readonly message: string;
}

/** Rule data that cannot be used. It is never repaired or skipped: the load fails and names every problem. */
export class RuleDataError extends Error {
  readonly what: string;
  readonly problems: readonly RuleProblem[];

  constructor(what: string, problems: readonly RuleProblem[]) {
    super(`${what} is refused: ${problems.map((one) => `${one.path}: ${one.message}`).join('; ')}`);
    this.name = 'RuleDataError';
    this.what = what;
    this.problems = problems;
  }
}

/** An instant as a Date, or as ISO text where rule data comes from JSON. */
export const instantSchema = z.union([
  z.date(),
  z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
]);

/** The problems that a schema finds, with paths like `matrix.C1.R2`. */
export function schemaProblems(error: z.ZodError): RuleProblem[] {
  return error.issues.map((issue) => ({
    path: issue.path.length === 0 ? '(whole)' : issue.path.join('.'),
    message: issue.message,
  }));
}

/**
 * A rule file that ships with the platform, as parsed JSON and still unchecked: hand it to the loader of its kind.
 * Read once at boot.
 */
export function readRuleFile(...segments: string[]): unknown {
  return JSON.parse(readFileSync(fromRoot(...segments), 'utf8'));
}

/** What a loader has against a piece of rule data. */
export function problemsOf(load: () => unknown): readonly RuleProblem[] {
  try {
    load();
    return [];
  } catch (error) {
    if (error instanceof RuleDataError) return error.problems;
    throw error;
  }
}
