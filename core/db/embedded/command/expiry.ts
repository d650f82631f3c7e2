import { valuesAtPath } from '../match/index.ts';
import { findIdsOf, prepare } from './query.ts';
import { Pacer } from './request.ts';
import type { Engine } from './request.ts';
import type { Collection, Index } from '../store/catalog.ts';
import { decode } from '../wire/bson.ts';

/** Removes documents whose TTL index says that their time is over (manual, "TTL Indexes"). */
export async function removeExpired(engine: Engine): Promise<void> {
  for (const collection of [...engine.catalog.all()]) {
    for (const index of collection.indexes) {
      if (index.expireAfterSeconds !== undefined && !index.building)
        await removeBy(engine, collection, index);
    }
  }
}

async function removeBy(engine: Engine, collection: Collection, index: Index): Promise<void> {
  const [path] = index.key[0] as Index['key'][number];
  const expiredAt = engine.now() - (index.expireAfterSeconds ?? 0) * 1000;
  const query = prepare(collection, { filter: { [path]: { $lte: new Date(expiredAt) } } });
  const pacer = new Pacer(undefined);
  const ids = await findIdsOf(query, Infinity, () => engine.store.latest(), pacer);
  for (let next = 0; next < ids.length; next += REMOVED_AT_ONCE) {
    await engine.sessions.outside(collection, (records) => {
      for (const recordId of ids.slice(next, next + REMOVED_AT_ONCE)) {
        const raw = records.get(recordId);
        // Looked at again: it may have been prolonged since. Of several dates the earliest decides.
        const dates = raw ? valuesAtPath(decode(raw), path).values : [];
        const expired = dates.some((date) => date instanceof Date && date.getTime() <= expiredAt);
        if (raw && expired) records.remove(recordId, raw);
      }
    });
    await pacer.pause();
  }
}

const REMOVED_AT_ONCE = 64;
