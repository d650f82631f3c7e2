import { BoundedCache } from '../../graphql/hot/bounded-cache.ts';
import type { ListPage } from './browse.ts';
import type { ListClient } from './client.ts';

/** Bytes of encoded text that one part of one document may keep. */
export const PART_BYTES_MAX = 32_000_000;
export const ENTRY_BYTES = 100;

/** Stands in an answer for the page that is shared; JSON writes this character otherwise. */
export const SHARED = '\u0001';

/** Pages that clients who are told the same share, of the newest view; publications and window edges make another. */
export class SharedPages {
  #view: unknown;
  #pages = new BoundedCache<string, Buffer>(PART_BYTES_MAX, (bytes) => bytes.length + ENTRY_BYTES);

  of(view: unknown): BoundedCache<string, Buffer> {
    if (view !== this.#view) {
      this.#view = view;
      this.#pages = new BoundedCache(PART_BYTES_MAX, (bytes) => bytes.length + ENTRY_BYTES);
    }
    return this.#pages;
  }
}

/** All that the items of a page depend on beside the view and the document. */
export function pageKey<Client extends ListClient, Class>(
  page: ListPage<Client, Class>,
  priceGroups: string,
): string {
  const { slots, channel, sort, decided, view } = page;
  return `${channel} ${sort} ${priceGroups} ${decided.told(view, slots)} ${slots.join()}`;
}
