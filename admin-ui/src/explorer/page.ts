import type { PageDeclaration } from '../pages/declaration.ts';

const pages: PageDeclaration[] = [
  {
    slot: 'page',
    path: '/system/explorer',
    section: 'system',
    permission: null,
    title: { zh: '接口试用', en: 'API explorer' },
    entry: { zh: '接触点与接口', en: 'Touchpoints & API' },
    component: () => import('./ExplorerPage.tsx'),
  },
];

export default pages;
