import { z } from 'zod';
import type { EventDeclaration } from '../plugin/contract.ts';
import { CHANNELS } from './records.ts';

const ids = z.array(z.string()).min(1).max(500);
const seq = z.int().min(1);
const channel = z.enum(CHANNELS);
const approvalId = z.string();

const submission = z.strictObject({ approvalId, productIds: ids });
const sale = z.strictObject({ seq, productIds: ids });
const crossing = z.strictObject({ channel, at: z.iso.datetime(), productIds: ids });
const block = z.strictObject({
  seq,
  productId: z.string(),
  scope: z.enum(['list', 'sell', 'redeem']),
  owner: z.string(),
});

/**
 * What the catalogue publishes: one event per transaction and sort of change, naming up to 500 products, so that a
 * bulk of thousands is a handful of events. Publications have the key `catalog` and so keep the order of their numbers.
 */
export const catalogEvents: readonly EventDeclaration[] = [
  declare('product.submitted', submission, 'Drafts went to review.'),
  declare('product.withdrawn', submission, 'Their maker took submitted versions back.'),
  declare('product.rejected', submission, 'A checker rejected submitted versions.'),
  declare('product.approved', submission.extend({ seq }), 'A checker approved versions.'),
  declare(
    'product.listed',
    sale.extend({ approvalId, channels: z.array(channel) }),
    'Products were listed or relisted, or the windows of listed ones were changed.',
  ),
  declare(
    'product.listing-refused',
    z.strictObject({
      approvalId,
      seq,
      refusals: z.array(z.strictObject({ productId: z.string(), codes: z.array(z.string()) })),
    }),
    'What was approved for listing could no longer be listed, e.g. because of a block placed meanwhile.',
  ),
  declare('product.suspended', sale, 'New sale stopped for the time being.'),
  declare('product.resumed', sale, 'Suspended products are on sale again.'),
  declare('product.delisted', sale, 'New sale ended; holders keep what they hold.'),
  declare('product.archived', sale, 'Products were closed for good.'),
  declare('product.blocked', block, 'A feature barred a product from listing, sale or redemption.'),
  declare('product.unblocked', block, 'A feature lifted its bar.'),
  declare('product.visible', crossing, 'The clock reached the start of a visibility window.'),
  declare('product.hidden', crossing, 'The clock reached the end of a visibility window.'),
  declare('product.purchasable', crossing, 'The clock reached the start of a purchase window.'),
  declare('product.unpurchasable', crossing, 'The clock reached the end of a purchase window.'),
];

function declare(name: string, shape: z.ZodType, description: string): EventDeclaration {
  return { name, version: 1, shape, description };
}
