import type { PageDeclaration } from '../pages/declaration.ts';

const pages: PageDeclaration[] = [
  {
    slot: 'page',
    path: '/trace',
    section: 'trace',
    permission: 'trace.read',
    title: { zh: '留痕', en: 'Trace' },
    component: () => import('./TracePage.tsx'),
  },
];

export default pages;
