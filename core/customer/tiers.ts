import type { ClubRule, SchemeRecord } from './records.ts';

/** The scheme that holds at an instant: the newest version that has begun; `undefined` before the first. */
export function schemeAt(schemes: readonly SchemeRecord[], at: Date): SchemeRecord | undefined {
  let found: SchemeRecord | undefined;
  for (const scheme of schemes)
    if (scheme.inForceFrom <= at && (found === undefined || scheme.version > found.version)) found = scheme;
  return found;
}

/** Rank of a tier; a tier that the scheme does not know ranks below all that it knows. */
export function tierRank(scheme: SchemeRecord, tier: string): number {
  return scheme.tiers.find((rule) => rule.code === tier)?.rank ?? -1;
}

/** Core clients (核心客户) are those at or above the scheme's threshold. */
export function isCoreClient(scheme: SchemeRecord, tier: string): boolean {
  return tierRank(scheme, tier) >= tierRank(scheme, scheme.coreFromTier);
}

/** Rank of every club, as the price book wants it for finding ambiguities. */
export function clubRanks(scheme: SchemeRecord): Record<string, number> {
  return Object.fromEntries(scheme.clubs.map((club) => [club.code, club.rank]));
}

/** What is wrong with a scheme, as sentences; empty where it can be recorded. */
export function schemeProblems(scheme: Pick<SchemeRecord, 'tiers' | 'clubs' | 'coreFromTier'>): string[] {
  const problems: string[] = [];
  const codes = new Set(scheme.tiers.map((tier) => tier.code));
  if (scheme.tiers.length === 0) problems.push('A scheme has at least one tier.');
  if (codes.size < scheme.tiers.length) problems.push('Two tiers share a code.');
  if (!codes.has(scheme.coreFromTier))
    problems.push(`Core clients begin at an unknown tier "${scheme.coreFromTier}".`);
  const byRank = [...scheme.tiers].sort((a, b) => a.rank - b.rank);
  if (byRank[0] && byRank[0].assetsFromMinor !== 0)
    problems.push(`The lowest tier ${byRank[0].code} must begin at 0.`);
  for (const [index, tier] of byRank.entries()) {
    const below = byRank[index - 1];
    if (!below) continue;
    if (below.rank === tier.rank)
      problems.push(`Tiers ${below.code} and ${tier.code} share rank ${tier.rank}.`);
    if (below.assetsFromMinor >= tier.assetsFromMinor)
      problems.push(`Tier ${tier.code} must begin above ${below.code}, which ranks below it.`);
  }
  return [...problems, ...clubProblems(scheme.clubs, codes)];
}

function clubProblems(clubs: readonly ClubRule[], tiers: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  const codes = new Set<string>();
  const ranks = new Map<number, string>();
  for (const club of clubs) {
    if (codes.has(club.code)) problems.push(`Two clubs share the code ${club.code}.`);
    codes.add(club.code);
    const other = ranks.get(club.rank);
    if (other !== undefined)
      problems.push(
        `Clubs ${other} and ${club.code} share rank ${club.rank}: their prices would be ambiguous.`,
      );
    ranks.set(club.rank, club.code);
    if ((club.admission === 'TIER') !== (club.tierFrom !== undefined))
      problems.push(`Club ${club.code} names the tier it begins at exactly where admission is by tier.`);
    if (club.tierFrom !== undefined && !tiers.has(club.tierFrom))
      problems.push(`Club ${club.code} begins at an unknown tier "${club.tierFrom}".`);
  }
  return problems;
}
