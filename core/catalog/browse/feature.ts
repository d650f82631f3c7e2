import type { GraphQLSchema } from 'graphql';
import { coreSdl } from '../../graphql/compose.ts';
import type { Splicer } from '../../graphql/hot/hot-path.ts';
import type { Host, Plugin } from '../../plugin/contract.ts';
import { serviceToken } from '../../plugin/service.ts';
import { customerService, type CustomerService } from '../../customer/service.ts';
import { decisionClient, type DecisionClient } from '../../customer/decision-client.ts';
import type { SuitabilityProduct } from '../../suitability/facts.ts';
import { suitabilityService } from '../../suitability/service.ts';
import { openCatalogFeed, type CatalogFeed } from '../snapshot/published-catalog.ts';
import { newVocabulary } from '../snapshot/view.ts';
import { Browse } from './browse.ts';
import { policyRules } from './policy-rules.ts';
import { PriceAnswers } from './price-answers.ts';
import { browseResolvers } from './resolvers.ts';
import { BrowseService, browseService } from './service.ts';
import { browseSplicer } from './splice.ts';

/** The published catalogue of this process, opened when the process starts. */
export class PublishedFeed {
  #feed: CatalogFeed<SuitabilityProduct> | undefined;
  #browse: Browse<DecisionClient, SuitabilityProduct> | undefined;
  #unsubscribe = () => {};

  async start(host: Host): Promise<void> {
    const suitability = host.service(suitabilityService);
    const rules = policyRules(() => suitability.policy());
    this.#feed = await openCatalogFeed({
      host,
      rules: { classify: rules.classify, vocabulary: newVocabulary<SuitabilityProduct>() },
    });
    this.#unsubscribe = suitability.onChange(() => this.feed.catalog.reclassify(host.clock.now()));
    this.#browse = new Browse({ catalog: this.feed.catalog, suitability: rules, prices: new PriceAnswers() });
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    await this.#feed?.stop();
  }

  get feed(): CatalogFeed<SuitabilityProduct> {
    if (!this.#feed) throw new Error('The published catalogue is asked for before it is loaded.');
    return this.#feed;
  }

  get browse(): Browse<DecisionClient, SuitabilityProduct> {
    if (!this.#browse) throw new Error('The published catalogue is asked for before it is loaded.');
    return this.#browse;
  }
}

export const publishedFeed = serviceToken<PublishedFeed>('core', 'published-catalog');

/** The short way of `browseProducts`; facts of clients at once where they are in memory, at most a second old. */
export function browseSplicerFor(schema: GraphQLSchema, host: Host): Splicer {
  const customers = host.service(customerService);
  return browseSplicer({
    schema,
    browse: host.service(publishedFeed).browse,
    clientFacts: (customerNo, at) =>
      customers.peekClient(customerNo, at) ?? clientFacts(customers, customerNo, at),
  });
}

async function clientFacts(
  customers: CustomerService,
  customerNo: string,
  at: Date,
): Promise<DecisionClient | undefined> {
  const facts = await customers.factsForList(customerNo, at);
  return facts && decisionClient(facts);
}

/** What touchpoints ask: products with price and suitability for a client, from memory. */
export function browseFeature(): Omit<Plugin, 'name' | 'version' | 'requires'> {
  return {
    schema: { typeDefs: coreSdl('browse'), resolvers: browseResolvers },
    permissions: [
      {
        code: 'catalog.browse',
        title: { zh: '按客户查询可见产品', en: 'Ask what a client may see' },
        roles: ['touchpoint', 'product-manager', 'reviewer', 'auditor', 'administrator'],
      },
    ],
    services: [
      { token: publishedFeed, create: () => new PublishedFeed() },
      {
        token: browseService,
        create: (host) => {
          const { feed, browse } = host.service(publishedFeed);
          return new BrowseService({
            browse,
            feed,
            clientFacts: (customerNo, at) => clientFacts(host.service(customerService), customerNo, at),
          });
        },
      },
    ],
    start: (host) => host.service(publishedFeed).start(host),
    stop: (host) => host.service(publishedFeed).stop(),
  };
}
