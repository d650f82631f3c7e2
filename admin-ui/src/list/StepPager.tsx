import { LeftOutlined, RightOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { moment } from '../words/formats.ts';
import { fromStart } from './address.ts';
import type { ListNavigation } from './useListAddress.ts';

type Props = {
  navigation: ListNavigation;
  /** What is shown, in words: how many of what. */
  said: string;
  pageInfo: { hasNextPage: boolean; endCursor: string | null } | undefined;
  at: Date | undefined;
};

/** The foot of a list too long to be counted: onwards, and back to where it begins; the browser's back is one page back. */
export function StepPager({ navigation, said, pageInfo, at }: Props) {
  const { t } = useTranslation();
  const { address, goTo } = navigation;
  const next = pageInfo?.hasNextPage ? pageInfo.endCursor : null;
  return (
    <div className="pager">
      <span role="status">{said}</span>
      {at && <span className="quiet pager-at">{t('list.at', { time: moment(at).slice(11) })}</span>}
      <span className="pager-end">
        <Button
          size="small"
          icon={<LeftOutlined aria-hidden />}
          disabled={address.after === undefined}
          onClick={() => goTo(fromStart(address))}
        >
          {t('list.start')}
        </Button>
        <Button
          size="small"
          icon={<RightOutlined aria-hidden />}
          iconPlacement="end"
          disabled={next === null}
          onClick={() => next !== null && goTo({ ...fromStart(address), after: next })}
        >
          {t('list.next')}
        </Button>
      </span>
    </div>
  );
}
