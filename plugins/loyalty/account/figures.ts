import type { WorkbenchFigureDeclaration } from '../../../core/plugin/workbench.ts';
import { ledgerService } from '../contract.ts';

/** What the house has given out and not taken back in its own hands: the issuer's side of the ledger. */
export const issuedFigure: WorkbenchFigureDeclaration = {
  code: 'points-issued',
  title: { zh: '积分净发出', en: 'Points out, net' },
  permission: 'loyalty.account.read',
  link: '/rules?kind=earning-rules',
  read: async (host) => {
    const ledger = host.service(ledgerService);
    const [issued, expired] = [await ledger.counterBalance('ISSUER'), await ledger.counterBalance('EXPIRED')];
    return {
      // Clients have what the issuer gave, so that its own balance is below zero.
      value: issued === 0 ? 0 : -issued,
      unit: 'POINTS',
      note: {
        zh: `其中已过期 ${expired.toLocaleString('en-US')} 分`,
        en: `${expired.toLocaleString('en-US')} of them expired`,
      },
    };
  },
};
