import { PlatformError } from '../../errors.ts';
import type { Channel } from '../records.ts';
import type { Sort, SortKey } from '../snapshot/orders.ts';
import type { PublishedCatalog } from '../snapshot/published-catalog.ts';
import type { View } from '../snapshot/view.ts';
import { ClientDecisions } from './client.ts';
import type { BrowseMode, DecidedClient, ListClient } from './client.ts';
import type { PriceAnswers } from './price-answers.ts';
import { countFacets, placeAfter, select } from './selection.ts';
import type { BrowseFilter, Facets, Selection } from './selection.ts';
import type { SuitabilityRules } from './suitability.ts';

/** A question for a list, as `browseProducts` takes it. */
export interface ListQuestion {
  readonly channel: Channel;
  readonly first: number;
  readonly after?: string | null | undefined;
  readonly filter?: BrowseFilter | null | undefined;
  readonly sort: Sort;
  readonly mode: BrowseMode;
}

/** One page of a list with everything that its parts are made from. */
export interface ListPage<Client extends ListClient, Class> {
  readonly view: View<Class>;
  readonly decided: DecidedClient<Client, Class>;
  readonly channel: Channel;
  readonly sort: Sort;
  readonly at: Date;
  readonly slots: Int32Array;
  readonly hasNextPage: boolean;
  readonly totalCount: number;
  facets(): Facets;
  cursorAt(slot: number): string;
}

export const PAGE_MAX = 100;
const TEXT_LENGTH_MAX = 100;
/** Every product is held against every attribute, and a selection is remembered by its filter. */
const FILTER_VALUES_MAX = 100;
/** Slots that remembered selections of one view hold together: 16 MB. */
const REMEMBERED_SLOTS_MAX = 4_000_000;

interface Remembered extends Selection {
  facets: Facets | undefined;
  readonly cursors: Map<number, string>;
}

export interface BrowseOptions<Client extends ListClient, Class> {
  readonly catalog: PublishedCatalog<Class>;
  readonly suitability: SuitabilityRules<Client, Class>;
  readonly prices: PriceAnswers;
}

/** Finds what a client may see on a touchpoint. Works in memory alone and never waits. */
export class Browse<Client extends ListClient, Class> {
  readonly catalog: PublishedCatalog<Class>;
  readonly prices: PriceAnswers;
  readonly #decisions: ClientDecisions<Client, Class>;
  readonly #remembered = new WeakMap<View<Class>, RememberedSelections>();

  constructor({ catalog, suitability, prices }: BrowseOptions<Client, Class>) {
    this.catalog = catalog;
    this.prices = prices;
    this.#decisions = new ClientDecisions(suitability);
  }

  /** @throws PAGE_SIZE_INVALID, CURSOR_INVALID, SEARCH_TOO_LONG, FILTER_TOO_LARGE, CUSTOMER_REQUIRED */
  list(question: ListQuestion, client: Client | undefined, at: Date): ListPage<Client, Class> {
    const { channel, first, after, sort, mode } = question;
    const filter = question.filter ?? NO_FILTER;
    refuse(question, client);
    const view = this.catalog.view(at);
    const decided = this.#decisions.of(client, channel, at);
    const allowed = decided.allowed(view, mode);
    const key = `${channel} ${sort} ${allowed?.key ?? ''} ${filter === NO_FILTER ? '' : JSON.stringify(filter)}`;
    const found = this.#selections(view).get(key, () => select(view, { channel, filter, sort, allowed }));
    const start = typeof after === 'string' ? placeAfter(view, found, ...readCursor(after, sort)) : 0;
    const slots = found.slots.subarray(start, start + first);
    return {
      view,
      decided,
      channel,
      sort,
      at,
      slots,
      hasNextPage: start + slots.length < found.slots.length,
      totalCount: found.slots.length,
      facets: () => (found.facets ??= countFacets(view, found.slots)),
      cursorAt: (slot) => {
        let cursor = found.cursors.get(slot);
        if (cursor === undefined) {
          cursor = writeCursor(sort, found.order.keyAt(slot), view.rowsAt(slot).product.code);
          found.cursors.set(slot, cursor);
        }
        return cursor;
      },
    };
  }

  /** One product as the client would find it in a list of the touchpoint; undefined where they would not. */
  one(
    code: string,
    channel: Channel,
    client: Client | undefined,
    at: Date,
  ): Omit<ListPage<Client, Class>, 'facets' | 'cursorAt'> | undefined {
    const view = this.catalog.view(at);
    const decided = this.#decisions.of(client, channel, at);
    const slot = view.snapshot.slotByCode.get(code);
    if (slot === undefined || !decided.mayShow(view, slot, 'BROWSE')) return undefined;
    return {
      view,
      decided,
      channel,
      sort: 'CODE',
      at,
      slots: Int32Array.of(slot),
      hasNextPage: false,
      totalCount: 1,
    };
  }

  #selections(view: View<Class>): RememberedSelections {
    let selections = this.#remembered.get(view);
    if (!selections) this.#remembered.set(view, (selections = new RememberedSelections()));
    return selections;
  }
}

const NO_FILTER: BrowseFilter = {};

/** What was found in one view, oldest forgotten first; the view's end forgets all of it. */
class RememberedSelections {
  readonly #selections = new Map<string, Remembered>();
  #slots = 0;

  get(key: string, find: () => Selection): Remembered {
    const known = this.#selections.get(key);
    if (known) return known;
    const found: Remembered = { ...find(), facets: undefined, cursors: new Map() };
    this.#selections.set(key, found);
    this.#slots += weight(key, found);
    for (const [oldest, selection] of this.#selections) {
      if (this.#slots <= REMEMBERED_SLOTS_MAX || oldest === key) break;
      this.#selections.delete(oldest);
      this.#slots -= weight(oldest, selection);
    }
    return found;
  }
}

/** What finds nothing takes room too, and its key most of all. */
function weight(key: string, { slots }: Selection): number {
  return slots.length + key.length + 100;
}

function refuse({ first, mode, filter }: ListQuestion, client: ListClient | undefined): void {
  if (!(first >= 1 && first <= PAGE_MAX))
    throw new PlatformError('PAGE_SIZE_INVALID', `"first" is ${first}. Use 1 to ${PAGE_MAX}.`);
  if (mode === 'RECOMMEND' && client === undefined)
    throw new PlatformError(
      'CUSTOMER_REQUIRED',
      'Recommendations need a customer. Give customerNo or use mode BROWSE.',
    );
  if ((filter?.text?.length ?? 0) > TEXT_LENGTH_MAX)
    throw new PlatformError(
      'SEARCH_TOO_LONG',
      `The text to search for is longer than ${TEXT_LENGTH_MAX} characters. Use fewer words.`,
    );
  const values = filter ? valuesOf(filter) : [];
  if (values.length > FILTER_VALUES_MAX || values.some((value) => value.length > TEXT_LENGTH_MAX))
    throw new PlatformError(
      'FILTER_TOO_LARGE',
      `A filter has at most ${FILTER_VALUES_MAX} values of ${TEXT_LENGTH_MAX} characters each. Ask in parts.`,
    );
}

/** Everything that a filter names; an attribute counts also where it has no values. */
function valuesOf({ kinds, categories, brands, riskLevels, attributes }: BrowseFilter): readonly string[] {
  return [
    ...(kinds ?? []),
    ...(categories ?? []),
    ...(brands ?? []),
    ...(riskLevels ?? []),
    ...(attributes ?? []).flatMap(({ attribute, values }) => [attribute, ...values]),
  ];
}

function writeCursor(sort: Sort, key: SortKey, code: string): string {
  return Buffer.from(JSON.stringify([sort, key, code]), 'utf8').toString('base64url');
}

function readCursor(cursor: string, sort: Sort): [SortKey, string] {
  const parts = parsed(cursor);
  if (Array.isArray(parts) && parts.length === 3) {
    const [ofSort, key, code] = parts as unknown[];
    if (ofSort === sort && typeof key === (sort === 'NAME' ? 'string' : 'number') && typeof code === 'string')
      return [key as SortKey, code];
  }
  throw new PlatformError(
    'CURSOR_INVALID',
    `"after" is no cursor of a list in the order ${sort}. Use endCursor of the page before, with the same sort.`,
  );
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
