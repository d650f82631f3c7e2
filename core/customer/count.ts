import { collectionOf } from '../db/collection.ts';
import type { WorkbenchFigureDeclaration } from '../plugin/workbench.ts';
import { CUSTOMER } from './records.ts';

export const clientFigure: WorkbenchFigureDeclaration = {
  code: 'clients',
  title: { zh: '客户', en: 'Clients' },
  permission: 'customer.read',
  link: '/customers',
  // From the collection's own count: millions of clients are not gone through for a number at the head of a page.
  read: async (host) => ({
    value: await collectionOf(host, CUSTOMER.customers).estimatedDocumentCount(),
    unit: 'THINGS',
    of: { zh: '户', en: 'clients' },
  }),
};
