import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { systemActor } from '../access/actor.ts';
import { refusalOf, type Intent } from './decision.ts';
import type { ApprovalState } from './records.ts';

const maker = { id: 'wang', name: '王经理', at: new Date(0) };
const waiting = { state: 'WAITING' as ApprovalState, maker };
const checker = (id: string, ...permissions: string[]) => ({ id, permissions: new Set(permissions) });
const DECIDE = 'product.review';

describe('a decision on an approval', () => {
  it('is open to another person who holds the permission', () => {
    expect(refusalOf(waiting, checker('li', DECIDE), 'APPROVE', DECIDE, '')).toBeUndefined();
    expect(refusalOf(waiting, checker('li', DECIDE), 'REJECT', DECIDE, '价格有误')).toBeUndefined();
  });

  it('is refused to the maker, whoever that is and whatever they hold', () => {
    const system = systemActor('sample');
    const own = { state: 'WAITING' as const, maker: { ...maker, id: system.id } };
    expect(refusalOf(own, system, 'APPROVE', DECIDE, '')).toMatchObject({ code: 'SELF_APPROVAL' });
    expect(refusalOf(waiting, checker('wang', DECIDE), 'REJECT', DECIDE, 'x')).toMatchObject({
      code: 'SELF_APPROVAL',
    });
  });

  it('needs the permission that the subject asks for', () => {
    expect(refusalOf(waiting, checker('li', 'approval.decide'), 'APPROVE', DECIDE, '')).toMatchObject({
      code: 'NOT_PERMITTED',
    });
  });

  it('to reject or withdraw needs a reason, to approve does not', () => {
    expect(refusalOf(waiting, checker('li', DECIDE), 'REJECT', DECIDE, ' ')).toMatchObject({
      code: 'COMMENT_MISSING',
    });
    expect(refusalOf(waiting, checker('wang'), 'WITHDRAW', DECIDE, '')).toMatchObject({
      code: 'COMMENT_MISSING',
    });
  });

  it('to withdraw is the maker’s alone', () => {
    expect(refusalOf(waiting, checker('wang'), 'WITHDRAW', DECIDE, '重拟')).toBeUndefined();
    expect(refusalOf(waiting, checker('li', DECIDE), 'WITHDRAW', DECIDE, '重拟')).toMatchObject({
      code: 'NOT_PERMITTED',
    });
  });

  it('is never taken by the maker nor on a settled approval, and every refusal speaks both languages', () => {
    const states: ApprovalState[] = ['WAITING', 'APPROVED', 'REJECTED', 'WITHDRAWN'];
    const intents: Intent[] = ['APPROVE', 'REJECT', 'WITHDRAW'];
    fc.assert(
      fc.property(
        fc.constantFrom(...states),
        fc.constantFrom(...intents),
        fc.constantFrom('wang', 'li', 'system:sample'),
        fc.subarray([DECIDE, 'approval.decide']),
        fc.constantFrom('', '理由'),
        (state, intent, who, held, comment) => {
          const refusal = refusalOf({ state, maker }, checker(who, ...held), intent, DECIDE, comment);
          if (refusal)
            return (
              /[\u4e00-\u9fff]/.test(refusal.message.zh) &&
              /[a-z]/.test(refusal.message.en ?? '') &&
              /^[A-Z_]+$/.test(refusal.code)
            );
          return state === 'WAITING' && (intent === 'WITHDRAW') === (who === 'wang');
        },
      ),
    );
  });
});
