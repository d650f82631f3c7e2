import type { LocalizedText } from '../plugin/contract.ts';
import type { RefusalCode } from './decide.ts';

/** Why a message may not be sent, for staff. */
export const REFUSAL_TEXTS: Readonly<Record<RefusalCode, LocalizedText>> = {
  OUTREACH_GATEWAY_UNFIT: {
    zh: '没有能发送此类消息的网关。',
    en: 'No gateway of this name carries such messages.',
  },
  OUTREACH_NO_NUMBER: { zh: '没有可用的手机号。', en: 'There is no number to send to.' },
  OUTREACH_REPEATED: { zh: '这条消息已经办理过。', en: 'This message was asked for before.' },
  OUTREACH_NOT_RECOMMENDABLE: {
    zh: '该产品不能向该客户推荐（适当性或未展示）。',
    en: 'The product may not be recommended to this client: suitability, or it is not on show.',
  },
  OUTREACH_NOT_PERSONALISED: {
    zh: '客户已关闭个性化推荐。',
    en: 'The client switched personalisation off.',
  },
  OUTREACH_NO_CONSENT: { zh: '客户没有同意接收推广。', en: 'The client has not agreed to marketing.' },
  OUTREACH_DO_NOT_DISTURB: { zh: '号码在免打扰名单中。', en: 'The number is on the do-not-disturb list.' },
  OUTREACH_QUIET_HOURS: { zh: '现在是静默时段。', en: 'It is outside of the hours for such messages.' },
  OUTREACH_CAP_REACHED: { zh: '已达频次上限。', en: 'A limit on the number of messages is reached.' },
};
