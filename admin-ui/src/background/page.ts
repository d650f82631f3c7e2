import type { PageDeclaration } from '../pages/declaration.ts';

const pages: PageDeclaration[] = [
  {
    slot: 'page',
    path: '/system/background',
    section: 'system',
    permission: 'job.read',
    title: { zh: '后台作业', en: 'Background' },
    component: () => import('./BackgroundPage.tsx'),
  },
];

export default pages;
