import { collectionOf } from '../db/collection.ts';
import type { WorkbenchTaskDeclaration } from '../plugin/workbench.ts';
import { DELIVERIES, type DeliveryRecord } from './delivery.ts';

/** Events that a handler could not take in; those behind a parked one wait. */
export const parkedEventTask: WorkbenchTaskDeclaration = {
  code: 'events',
  title: { zh: '停住的事件', en: 'Parked events' },
  verb: { zh: '查看', en: 'Open' },
  permission: 'event.resume',
  find: async (host) => {
    const deliveries = collectionOf<DeliveryRecord>(host, DELIVERIES);
    const oldest = await deliveries.findOne({ state: 'PARKED' }, { sort: { at: 1 } });
    if (!oldest) return [];
    return [
      {
        title: {
          zh: '有事件没能处理，后面的同类事件在等',
          en: 'Events could not be taken in; later ones wait',
        },
        detail: {
          zh: '处理好原因后重试，或写明理由放弃',
          en: 'Mend the cause and resume, or give up with a reason',
        },
        count: await deliveries.countDocuments({ state: 'PARKED' }),
        when: 'FAILED',
        at: oldest.at,
        link: '/system/background?tab=events',
      },
    ];
  },
};
