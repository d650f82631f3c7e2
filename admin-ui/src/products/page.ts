import type { PageDeclaration } from '../pages/declaration.ts';

const pages: PageDeclaration[] = [
  {
    slot: 'page',
    path: '/products',
    section: 'products',
    permission: 'product.read',
    title: { zh: '产品列表', en: 'Product list' },
    component: () => import('./list/ProductListPage.tsx'),
  },
];

export default pages;
