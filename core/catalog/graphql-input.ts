import { PlatformError } from '../errors.ts';
import { fromGlobalId } from '../graphql/global-id.ts';
import type { RequestContext } from '../plugin/contract.ts';
import type { DraftInput } from './drafts.ts';
import type { ExistingHolders, ProductRecord } from './records.ts';
import { deskToken } from './desk/desk.ts';
import { deskIds } from './desk/list.ts';
import type { DeskFilter } from './desk/selection.ts';
import type { ChannelWindows } from './windows.ts';

const SELECTED_IDS_MAX = 2_000;
const SELECTED_BY_FILTER_MAX = 20_000;

type Maybe<T> = T | null | undefined;

export type FilterArg = { readonly [K in keyof DeskFilter]: Maybe<DeskFilter[K]> };

export interface SelectionArg {
  readonly ids?: Maybe<readonly string[]>;
  readonly filter?: Maybe<FilterArg>;
}

export interface DraftArg {
  readonly name: { readonly zh: string; readonly en?: Maybe<string> };
  readonly summary?: Maybe<{ readonly zh: string; readonly en?: Maybe<string> }>;
  readonly categoryId?: Maybe<string>;
  readonly brandId?: Maybe<string>;
  readonly attributes: unknown;
  readonly saleFrom?: Maybe<Date>;
  readonly saleUntil?: Maybe<Date>;
  readonly existing: ExistingMode;
  readonly existingFrom?: Maybe<Date>;
}

export type ExistingMode = 'NEVER' | 'RENEWAL' | 'DATE';

export interface WindowsArg {
  readonly channel: ChannelWindows['channel'];
  readonly visibleFrom?: Maybe<Date>;
  readonly visibleUntil?: Maybe<Date>;
  readonly purchasableFrom?: Maybe<Date>;
  readonly purchasableUntil?: Maybe<Date>;
}

/** The argument without what was left out: GraphQL's null means absent here. */
export function present<T extends object>(input: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value != null)) as never;
}

export function productId(id: string): string {
  return fromGlobalId('Product', id);
}

export function toFilter(filter: Maybe<FilterArg>): DeskFilter {
  return present(filter ?? {});
}

/**
 * The products that a bulk command is about.
 * @throws SELECTION_INVALID, SELECTION_TOO_LARGE
 */
export async function selectProducts(
  { ids, filter }: SelectionArg,
  context: RequestContext,
): Promise<readonly string[]> {
  if ((ids == null) === (filter == null))
    throw new PlatformError(
      'SELECTION_INVALID',
      'Give either "ids" or "filter" of "products", and one only.',
    );
  if (ids != null) {
    if (ids.length > SELECTED_IDS_MAX)
      throw tooLarge(`${ids.length} ids`, `${SELECTED_IDS_MAX}; use a filter, or send them in parts`);
    return ids.map(productId);
  }
  const state = await context.service(deskToken).state(context.at);
  const found = deskIds(state, toFilter(filter), SELECTED_BY_FILTER_MAX + 1);
  if (found.length > SELECTED_BY_FILTER_MAX)
    throw tooLarge(
      'more products than can be changed at once',
      `${SELECTED_BY_FILTER_MAX}; narrow the filter`,
    );
  return found;
}

export function toDraft(input: DraftArg): DraftInput {
  if (typeof input.attributes !== 'object' || input.attributes === null || Array.isArray(input.attributes))
    throw new PlatformError('ATTRIBUTES_INVALID', '"attributes" is an object of names and values.');
  const { name, summary, categoryId, brandId, saleFrom, saleUntil } = input;
  return {
    content: {
      name: { zh: name.zh, ...present({ en: name.en }) },
      ...(summary ? { summary: { zh: summary.zh, ...present({ en: summary.en }) } } : {}),
      ...(categoryId ? { categoryId: fromGlobalId('Category', categoryId) } : {}),
      ...(brandId ? { brandId: fromGlobalId('Brand', brandId) } : {}),
      attributes: input.attributes as Record<string, unknown>,
    },
    ...present({ saleFrom, saleUntil }),
    existing: toExisting(input.existing, input.existingFrom),
  };
}

/** @throws EXISTING_FROM_MISSING */
export function toExisting(mode: ExistingMode, from: Maybe<Date>): ExistingHolders {
  if (mode === 'NEVER') return { mode: 'never' };
  if (from == null)
    throw new PlatformError(
      'EXISTING_FROM_MISSING',
      `"existing" is ${mode}: say with "existingFrom" from when holders take it over.`,
    );
  return { mode: mode === 'DATE' ? 'date' : 'renewal', from };
}

export function toWindows({ channel, ...instants }: WindowsArg): ChannelWindows {
  const given = Object.entries(present(instants)) as [string, Date][];
  return { channel, ...Object.fromEntries(given.map(([name, at]) => [name, at.toISOString()])) };
}

/** How a row's `existing` is shown: the mode, and its instant. */
export const existingFields = {
  existing: ({ existing }: { existing: ExistingHolders }) => existing.mode.toUpperCase(),
  existingFrom: ({ existing }: { existing: ExistingHolders }) =>
    existing.mode === 'never' ? null : existing.from,
};

/** Where a price row or rating stands, told from its fields. */
export function reviewOfRow(row: {
  readonly approvedSeq?: number;
  readonly approvalId?: string;
  readonly closed?: 'REJECTED' | 'WITHDRAWN';
}): ProductRecord['lastReview'] {
  if (row.closed) return row.closed;
  if (row.approvedSeq !== undefined) return 'APPROVED';
  return row.approvalId === undefined ? 'DRAFT' : 'IN_REVIEW';
}

function tooLarge(found: string, limit: string): PlatformError {
  return new PlatformError('SELECTION_TOO_LARGE', `The selection has ${found}; at most ${limit}.`);
}
