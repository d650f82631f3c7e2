import { PlatformError } from '../../errors.ts';
import { serviceToken } from '../../plugin/service.ts';
import type { CatalogFeed } from '../snapshot/published-catalog.ts';
import type { Browse, ListPage, ListQuestion } from './browse.ts';
import type { ListClient } from './client.ts';

/** The classes of products are the suitability policy's own affair. */
export interface BrowseServiceOptions<Client extends ListClient, Class> {
  readonly browse: Browse<Client, Class>;
  readonly feed: Pick<CatalogFeed<Class>, 'atLeast'>;
  /** Facts at most a second old; undefined where there is no such client. */
  readonly clientFacts: (customerNo: string, at: Date) => Promise<Client | undefined>;
}

/** What touchpoints ask for: finds the client, waits for a wanted publication, then asks `Browse`. */
export class BrowseService<Client extends ListClient, Class> {
  readonly browse: Browse<Client, Class>;
  readonly #options: BrowseServiceOptions<Client, Class>;

  constructor(options: BrowseServiceOptions<Client, Class>) {
    this.browse = options.browse;
    this.#options = options;
  }

  async list(
    question: ListQuestion,
    who: {
      readonly customerNo?: string | null | undefined;
      readonly minCatalogSeq?: number | null | undefined;
    },
    at: Date,
  ): Promise<ListPage<Client, Class>> {
    await this.atLeast(who.minCatalogSeq);
    return this.browse.list(question, await this.client(who.customerNo, at), at);
  }

  /** @throws BUSY when the publication does not arrive within a second */
  async atLeast(seq: number | null | undefined): Promise<void> {
    if (typeof seq === 'number') await this.#options.feed.atLeast(seq);
  }

  /** @throws CUSTOMER_UNKNOWN */
  async client(customerNo: string | null | undefined, at: Date): Promise<Client | undefined> {
    if (typeof customerNo !== 'string') return undefined;
    const facts = await this.#options.clientFacts(customerNo, at);
    if (!facts)
      throw new PlatformError('CUSTOMER_UNKNOWN', 'There is no client with this number. Check customerNo.', {
        status: 404,
      });
    return facts;
  }
}

/** The touchpoints' door to the catalogue; what a product class is, only the suitability policy knows. */
export const browseService = serviceToken<BrowseService<ListClient, unknown>>('core', 'catalog-browse');
