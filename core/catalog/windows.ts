import { z } from 'zod';
import type { Reason } from '../plugin/contract.ts';
import { CHANNELS, type CrossingKind, type CrossingRecord, type ListingRecord } from './records.ts';

const instant = z.iso.datetime({ offset: true });

/** Both windows of one channel as a maker states them; instants are ISO 8601. A start left out is "once approved". */
export const channelWindowsSchema = z.strictObject({
  channel: z.enum(CHANNELS),
  visibleFrom: instant.optional(),
  visibleUntil: instant.optional(),
  purchasableFrom: instant.optional(),
  purchasableUntil: instant.optional(),
});
export type ChannelWindows = z.infer<typeof channelWindowsSchema>;

const EDGES = [
  ['visible', 'VISIBLE', 'HIDDEN'],
  ['purchasable', 'PURCHASABLE', 'UNPURCHASABLE'],
] as const;

/** What stands against these windows: none, a channel twice, an empty window. */
export function windowErrors(channels: readonly ChannelWindows[]): Reason[] {
  if (channels.length === 0)
    return [
      {
        code: 'CHANNEL_MISSING',
        text: { zh: '请至少选择一个接触点。', en: 'Name at least one channel.' },
        path: 'channels',
      },
    ];
  const reasons: Reason[] = [];
  channels.forEach((windows, index) => {
    if (channels.findIndex((other) => other.channel === windows.channel) !== index)
      reasons.push({
        code: 'CHANNEL_TWICE',
        text: { zh: `接触点 ${windows.channel} 重复。`, en: `${windows.channel} is named twice.` },
        path: `channels.${index}.channel`,
      });
    for (const [edge] of EDGES) {
      const [from, until] = [windows[`${edge}From`], windows[`${edge}Until`]];
      if (from !== undefined && until !== undefined && Date.parse(until) <= Date.parse(from))
        reasons.push({
          code: 'WINDOW_EMPTY',
          text: { zh: '结束时间必须晚于开始时间。', en: 'The window must end after it starts.' },
          path: `channels.${index}.${edge}Until`,
        });
    }
  });
  return reasons;
}

/** The listing row of a product on a channel; a start that was left out is the instant of the approval. */
export function toListing(
  productId: string,
  windows: ChannelWindows,
  at: Date,
  recordedSeq: number,
): ListingRecord {
  return {
    _id: `${productId}:${windows.channel}:${recordedSeq}`,
    productId,
    channel: windows.channel,
    visibleFrom: windows.visibleFrom ? new Date(windows.visibleFrom) : at,
    ...(windows.visibleUntil ? { visibleUntil: new Date(windows.visibleUntil) } : {}),
    purchasableFrom: windows.purchasableFrom ? new Date(windows.purchasableFrom) : at,
    ...(windows.purchasableUntil ? { purchasableUntil: new Date(windows.purchasableUntil) } : {}),
    recordedSeq,
  };
}

/** The edges of a listing's windows that lie ahead and will have to be announced. */
export function crossingsAhead(listing: ListingRecord, at: Date): CrossingRecord[] {
  const edges: [CrossingKind, Date | undefined][] = [
    ['VISIBLE', listing.visibleFrom],
    ['HIDDEN', listing.visibleUntil],
    ['PURCHASABLE', listing.purchasableFrom],
    ['UNPURCHASABLE', listing.purchasableUntil],
  ];
  return edges.flatMap(([kind, edge]) =>
    edge !== undefined && edge > at
      ? [
          {
            _id: `${listing._id}:${kind}`,
            listingId: listing._id,
            productId: listing.productId,
            channel: listing.channel,
            kind,
            at: edge,
            pending: true as const,
          },
        ]
      : [],
  );
}

/** Visible and purchasable at an instant, by the windows alone; half-open on both. */
export function windowsAt(listing: ListingRecord, at: Date): { visible: boolean; purchasable: boolean } {
  const inside = (from: Date, until: Date | undefined) => from <= at && (until === undefined || at < until);
  return {
    visible: inside(listing.visibleFrom, listing.visibleUntil),
    purchasable: inside(listing.purchasableFrom, listing.purchasableUntil),
  };
}
