import { collectionOf } from '../db/collection.ts';
import {
  afterTimeCursor,
  readTimeCursor,
  toConnection,
  type Connection,
  type PageArgs,
} from '../graphql/connection.ts';
import type { Host } from '../plugin/contract.ts';
import { serviceToken } from '../plugin/service.ts';
import { TRACE_RECORDS, type TraceRecord } from './record.ts';

export interface TraceFilter {
  readonly subjectType?: string;
  readonly subjectId?: string;
  readonly actorId?: string;
  readonly partyId?: string;
}

export const traceService = serviceToken<TraceService>('core', 'trace');

/** Who did what, for auditors and staff. */
export class TraceService {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Records that match, newest first. */
  async list(filter: TraceFilter, { first, after }: PageArgs): Promise<Connection<TraceRecord>> {
    const found = await collectionOf<TraceRecord>(this.#host, TRACE_RECORDS)
      .find({ ...toQuery(filter), ...afterTimeCursor('at', readTimeCursor(after)) })
      .sort({ at: -1, _id: 1 })
      .limit(first + 1)
      .toArray();
    return toConnection(found, first, (record) => record.at);
  }
}

function toQuery({ subjectType, subjectId, actorId, partyId }: TraceFilter): Record<string, string> {
  return {
    ...(subjectType === undefined ? {} : { subjectType }),
    ...(subjectId === undefined ? {} : { subjectId }),
    ...(actorId === undefined ? {} : { 'actor.id': actorId }),
    ...(partyId === undefined ? {} : { partyId }),
  };
}
