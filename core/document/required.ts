/** A version of an agreement or disclosure, as far as it decides what a client still has to confirm. */
export interface DocumentVersion {
  readonly code: string;
  readonly no: number;
  /** False: who confirmed the version before need not confirm this one. */
  readonly askAgain: boolean;
}

export interface ConfirmedVersion {
  readonly code: string;
  readonly no: number;
}

export interface RequiredDocument<Version extends DocumentVersion> {
  readonly code: string;
  /** What is in force; absent where nothing is, and then nobody can confirm it. */
  readonly inForce?: Version;
  readonly confirmed: boolean;
}

/**
 * Each required document with the version in force (the greatest approved number) and whether this client has confirmed
 * it: that version, or an earlier one since which no version asks again.
 */
export function requiredDocuments<Version extends DocumentVersion>(
  codes: readonly string[],
  approved: readonly Version[],
  confirmations: readonly ConfirmedVersion[],
): RequiredDocument<Version>[] {
  return [...new Set(codes)].map((code) => {
    const versions = approved.filter((one) => one.code === code).sort((a, b) => a.no - b.no);
    const inForce = versions.at(-1);
    if (!inForce) return { code, confirmed: false };
    const last = confirmations.reduce((no, one) => (one.code === code ? Math.max(no, one.no) : no), 0);
    const since = versions.filter(({ no }) => no > last);
    return { code, inForce, confirmed: last > 0 && since.every(({ askAgain }) => !askAgain) };
  });
}
