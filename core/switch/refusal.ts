import type { KillSwitchDeclaration, SwitchScope } from '../plugin/sale.ts';
import type { Reason } from '../plugin/contract.ts';
import type { SwitchRecord } from './records.ts';

/** How long after the last confirmation what the switches say still counts. */
export const CONFIRMED_FOR_MS = 4000;

/** What a process knows of the switches. */
export interface KnownSwitches {
  readonly active: readonly Pick<SwitchRecord, 'code' | 'ref' | 'reason'>[];
  /** Monotonic milliseconds at which the question was sent that was answered last. */
  readonly confirmedMs: number;
}

/**
 * Whether any of these may go on, by what is known at `nowMs` (monotonic). A switch without `ref` stops every ref of its
 * code. Knowledge that is too old stops everything: nobody can say that no switch was placed meanwhile.
 */
export function refusalBy(
  known: KnownSwitches | undefined,
  scopes: readonly SwitchScope[],
  titles: ReadonlyMap<string, KillSwitchDeclaration>,
  nowMs: number,
): Reason | undefined {
  if (!isConfirmed(known, nowMs)) return UNCONFIRMED;
  for (const scope of scopes) {
    const hit = known.active.find(
      ({ code, ref }) => code === scope.code && (ref === undefined || ref === scope.ref),
    );
    if (hit) return stopped(hit, titles.get(hit.code));
  }
  return undefined;
}

export function isConfirmed(known: KnownSwitches | undefined, nowMs: number): known is KnownSwitches {
  return known !== undefined && nowMs - known.confirmedMs < CONFIRMED_FOR_MS;
}

const UNCONFIRMED: Reason = {
  code: 'SWITCHES_UNCONFIRMED',
  text: {
    zh: '暂时无法确认熔断开关的状态，为安全起见不予受理，请稍后重试。',
    en: 'Whether this was stopped cannot be confirmed at the moment, so nothing is done. Try again shortly.',
  },
};

function stopped(
  { code, ref, reason }: KnownSwitches['active'][number],
  declared: KillSwitchDeclaration | undefined,
): Reason {
  const what = ref === undefined ? '' : ` ${ref}`;
  return {
    code: 'SWITCHED_OFF',
    text: {
      zh: `已被紧急停用（${declared?.title.zh ?? code}${what}）：${reason}`,
      en: `Stopped by a switch (${declared?.title.en ?? code}${what}): ${reason}`,
    },
    path: ref === undefined ? code : `${code}:${ref}`,
  };
}
