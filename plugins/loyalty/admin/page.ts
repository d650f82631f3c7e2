import type { Declaration } from '../../../admin-ui/src/pages/declaration.ts';

const pages: Declaration[] = [
  {
    slot: 'customer.tab',
    code: 'points',
    permission: 'loyalty.account.read',
    title: { zh: '积分', en: 'Points' },
    component: () => import('./PointsTab.tsx'),
  },
];

export default pages;
