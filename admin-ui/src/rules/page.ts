import type { PageDeclaration } from '../pages/declaration.ts';

const pages: PageDeclaration[] = [
  {
    slot: 'page',
    path: '/rules',
    section: 'suitability',
    permission: 'rule.read',
    title: { zh: '规则', en: 'Rules' },
    component: () => import('./RulesPage.tsx'),
  },
];

export default pages;
