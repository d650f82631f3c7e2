import type { Declaration } from '../../../admin-ui/src/pages/declaration.ts';

const pages: Declaration[] = [
  {
    slot: 'page',
    path: '/funds/pools',
    section: 'funds',
    permission: 'fund-pool.read',
    title: { zh: '基金池', en: 'Fund pools' },
    component: () => import('./PoolBoard.tsx'),
  },
];

export default pages;
