import type { Feature } from '../features.ts';
import { coreSdl } from '../graphql/compose.ts';
import { TRACE_RECORDS, traceRecordSchema } from './record.ts';
import { traceResolvers } from './resolvers.ts';
import { TRACE_SEALS, sealSchema } from './seal.ts';
import { TraceService, traceService } from './service.ts';

/** The tamper-evident record of who did what (服务留痕). */
export function traceFeature(): Feature {
  return {
    schema: { typeDefs: coreSdl('trace'), resolvers: traceResolvers },
    models: [
      {
        name: TRACE_RECORDS,
        schema: traceRecordSchema as never,
        shardKey: { _id: 'hashed' },
        retention: 'twenty years',
      },
      {
        name: TRACE_SEALS,
        schema: sealSchema as never,
        shardKey: { _id: 1 },
        retention: 'as long as the records',
      },
    ],
    permissions: [
      {
        code: 'trace.read',
        title: { zh: '查看留痕', en: 'See the trace' },
        roles: ['product-manager', 'reviewer', 'auditor', 'administrator'],
      },
    ],
    services: [{ token: traceService, create: (host) => new TraceService(host) }],
  };
}
