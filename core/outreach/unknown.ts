import { systemActor } from '../access/actor.ts';
import { collectionOf } from '../db/collection.ts';
import { failureOf } from '../failure.ts';
import type { CoreHost } from '../plugin/host.ts';
import { withTimeLimit } from '../time/time-limit.ts';
import { OUTREACH, type PermitRecord } from './records.ts';
import { SEND_LIMIT_MS, settle } from './send.ts';

/** Well past the time that a gateway has: whoever submitted it is gone. */
const STALE_MS = 6 * SEND_LIMIT_MS;
const BATCH = 200;
/** Then it stays UNKNOWN for good, for people to see. */
const LOOKUPS_MAX = 20;

/** Settles what no process will: submitted messages nobody heard of become UNKNOWN, and unknown ones are looked up. */
export async function settleUnknown(host: CoreHost): Promise<void> {
  const actor = systemActor('core:outreach');
  const permits = collectionOf<PermitRecord>(host, OUTREACH.permits);
  const stale = await permits
    .find({
      state: 'SUBMITTED',
      submittedAt: { $lt: new Date(host.clock.now().getTime() - STALE_MS) },
    })
    .limit(BATCH)
    .toArray();
  for (const { _id } of stale) await settle(host, actor, _id, 'UNKNOWN');
  for (const gateway of host.declared('gateways')) {
    const { lookup, code, owner } = gateway;
    if (!lookup) continue;
    const unknown = await permits
      .find({
        gateway: code,
        state: 'UNKNOWN',
        $or: [{ lookups: { $exists: false } }, { lookups: { $lt: LOOKUPS_MAX } }],
      })
      .limit(BATCH)
      .toArray();
    for (const { _id } of unknown) {
      await permits.updateOne({ _id }, { $inc: { lookups: 1 } });
      const outcome = await withTimeLimit(`The gateway ${code}`, SEND_LIMIT_MS, () =>
        lookup(_id, host.hostOf(owner)),
      ).catch((error: unknown) => {
        host.logger.warn(
          { gateway: code, messageId: _id, ...failureOf(error) },
          'a gateway could not be asked',
        );
        return 'UNKNOWN' as const;
      });
      if (outcome !== 'UNKNOWN') await settle(host, actor, _id, outcome);
    }
  }
}
