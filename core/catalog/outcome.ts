import type { Reason } from '../plugin/contract.ts';

/** A command that was not carried out, and everything that stands against it. Nothing was changed. */
export interface Refused {
  readonly refused: readonly Reason[];
}

/** What became of one product in a bulk command. */
export interface ProductOutcome {
  readonly productId: string;
  readonly code: string;
  /** Absent: carried out. */
  readonly refused?: readonly Reason[];
}

export interface BulkOptions {
  /** Decides and answers as usual, and changes nothing. */
  readonly dryRun?: boolean;
}

export interface BulkResult {
  /** One per product asked for, in the order asked. */
  readonly outcomes: readonly ProductOutcome[];
  /** Approvals that were proposed, one per chunk of at most 500 products. */
  readonly approvalIds: readonly string[];
  /** The last publication; absent where nothing was published. */
  readonly seq?: number;
}

/** Ends a transaction without a change and carries out of it what was found. */
class Abandoned extends Error {
  readonly found: unknown;

  constructor(found: unknown) {
    super('This transaction was ended without a change.');
    this.found = found;
  }
}

/** Rolls the transaction back; `orAbandoned` around it answers `found`. */
export function abandon(found: unknown): never {
  throw new Abandoned(found);
}

export function refuse(...refused: readonly Reason[]): never {
  abandon({ refused } satisfies Refused);
}

/** The transaction's result, or what it was abandoned with. */
export async function orAbandoned<T, Found>(transaction: Promise<T>): Promise<T | Found> {
  try {
    return await transaction;
  } catch (error) {
    if (error instanceof Abandoned) return error.found as Found;
    throw error;
  }
}

export function isRefused(result: object): result is Refused {
  return 'refused' in result;
}
