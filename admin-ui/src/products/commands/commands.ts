import type { Lifecycle, Review } from '../../words/products.tsx';

/** What can be asked of products, alone or many at once. */
export const COMMANDS = ['submit', 'withdraw', 'list', 'suspend', 'resume', 'delist', 'archive'] as const;
export type Command = (typeof COMMANDS)[number];

export const PERMISSION: Record<Command, string> = {
  submit: 'product.submit',
  withdraw: 'product.submit',
  list: 'product.list',
  suspend: 'product.delist',
  resume: 'product.delist',
  delist: 'product.delist',
  archive: 'product.delist',
};

/** What ends something for good or for holders; the words of its preview warn. */
export const GRAVE: readonly Command[] = ['delist', 'archive'];

/** Waits for a second person; the others take effect at once. */
export const NEEDS_APPROVAL: readonly Command[] = ['submit', 'list'];

export type Standing = { lifecycle: Lifecycle; review: Review };

/** Whether a command can be meant by a product that stands so; the platform decides with everything else it knows. */
export function fits(command: Command, { lifecycle, review }: Standing): boolean {
  switch (command) {
    case 'submit':
      return review === 'DRAFT' && lifecycle !== 'ARCHIVED';
    case 'withdraw':
      return review === 'IN_REVIEW';
    case 'list':
      return (
        lifecycle === 'APPROVED' ||
        ((lifecycle === 'LISTED' || lifecycle === 'SUSPENDED' || lifecycle === 'DELISTED') &&
          review === 'APPROVED')
      );
    case 'suspend':
      return lifecycle === 'LISTED';
    case 'resume':
      return lifecycle === 'SUSPENDED';
    case 'delist':
      return lifecycle === 'LISTED' || lifecycle === 'SUSPENDED';
    case 'archive':
      return (
        lifecycle === 'DELISTED' ||
        ['DRAFT', 'REJECTED', 'WITHDRAWN', 'IN_REVIEW', 'APPROVED'].includes(lifecycle)
      );
  }
}

/** The document of a command. A dry run and the command itself differ in one variable. */
export function documentOf(command: Command): string {
  const channels = command === 'list' ? ', $channels: [ChannelWindowsInput!]!' : '';
  const given = command === 'list' ? ', channels: $channels' : '';
  return `mutation ${command}($products: ProductSelection!, $reason: String!, $dryRun: Boolean!${channels}) {
  outcome: ${command}Products(products: $products, reason: $reason, dryRun: $dryRun${given}) {
    done refusedCount approvals
    refused(first: 100) { id code reasons { code path text { zh en } } }
  }
}`;
}
