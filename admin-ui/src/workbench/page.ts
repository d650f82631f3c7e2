import type { PageDeclaration } from '../pages/declaration.ts';

const pages: PageDeclaration[] = [
  {
    slot: 'page',
    path: '/workbench',
    section: 'workbench',
    permission: null,
    title: { zh: '工作台', en: 'Workbench' },
    component: () => import('./WorkbenchPage.tsx'),
  },
];

export default pages;
