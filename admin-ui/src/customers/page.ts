import type { PageDeclaration } from '../pages/declaration.ts';

const pages: PageDeclaration[] = [
  {
    slot: 'page',
    path: '/customers',
    section: 'customers',
    permission: 'customer.read',
    title: { zh: '客户', en: 'Customers' },
    component: () => import('./CustomerListPage.tsx'),
  },
  {
    slot: 'page',
    path: '/customers/:no',
    under: '/customers',
    section: 'customers',
    permission: 'customer.read',
    title: { zh: '客户全景', en: 'Client' },
    component: () => import('./CustomerPage.tsx'),
  },
];

export default pages;
