import type { Feature } from '../features.ts';
import { coreSdl } from '../graphql/compose.ts';
import type { RequestContext } from '../plugin/contract.ts';
import { loadClients, loadHouse } from './load-house.ts';
import { loadProducts } from './load-products.ts';
import { SampleLoader, sampleService } from './loader.ts';
import { SAMPLE_LOADS, sampleLoadSchema } from './records.ts';

/** The sample firm that a demo installation starts with: the house, its clients, its products. */
export function sampleFeature(): Feature {
  return {
    schema: {
      typeDefs: coreSdl('sample'),
      resolvers: {
        Query: {
          sampleProgress: (_: never, __: never, context: RequestContext) =>
            context.service(sampleService).progress,
        },
      },
    },
    models: [
      {
        name: SAMPLE_LOADS,
        schema: sampleLoadSchema as never,
        shardKey: { _id: 1 },
        retention: 'as long as the demo installation',
      },
    ],
    services: [{ token: sampleService, create: (host) => new SampleLoader(host) }],
    sampleData: [
      {
        name: 'house',
        order: 10,
        load: async (host) => loadHouse(host, await host.service(sampleService).loadedOn('house')),
      },
      {
        name: 'clients',
        order: 20,
        load: async (host, progress) =>
          loadClients(host, await host.service(sampleService).loadedOn('clients'), progress),
      },
      {
        name: 'products',
        order: 30,
        load: async (host, progress) =>
          loadProducts(host, await host.service(sampleService).loadedOn('products'), progress),
      },
    ],
  };
}
