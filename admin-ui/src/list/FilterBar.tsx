import { CloseOutlined, SearchOutlined } from '@ant-design/icons';
import { Input } from 'antd';
import type { InputRef } from 'antd';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { conditionCount, fromStart, withValues } from './address.ts';
import type { ListAddress } from './address.ts';
import type { Facet } from './Facets.tsx';
import type { ListNavigation } from './useListAddress.ts';

const TYPING_MS = 150;

type Props = {
  navigation: ListNavigation;
  facets: readonly Facet[];
  placeholder: string;
  /** At the end of the row. */
  children?: ReactNode;
};

/** The text that is searched for and every condition as a chip that can be taken away. */
export function FilterBar({ navigation, facets, placeholder, children }: Props) {
  const { t } = useTranslation();
  const { address, goTo } = navigation;
  return (
    <div className="filters">
      <SearchBox address={address} goTo={goTo} placeholder={placeholder} />
      {facets.map((facet) => (
        <Chip key={facet.field} facet={facet} navigation={navigation} />
      ))}
      {conditionCount(address) > 0 && (
        <button
          type="button"
          className="link"
          onClick={() => goTo(fromStart({ ...address, text: '', values: {} }))}
        >
          {t('list.clear')}
        </button>
      )}
      <div className="filters-end">{children}</div>
    </div>
  );
}

function SearchBox({
  address,
  goTo,
  placeholder,
}: Pick<ListNavigation, 'address' | 'goTo'> & { placeholder: string }) {
  const [typed, setTyped] = useState(address.text);
  const input = useRef<InputRef>(null);
  const sent = useRef(address.text);

  // A text that came from elsewhere, e.g. the back button or a chip, is shown.
  useEffect(() => {
    if (address.text === sent.current) return;
    sent.current = address.text;
    setTyped(address.text);
  }, [address.text]);

  useEffect(() => {
    if (typed === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = typed;
      goTo(fromStart({ ...address, text: typed }), true);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, address, goTo]);

  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      if (event.key !== '/' || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, []);

  return (
    <Input
      ref={input}
      className="filters-search"
      prefix={<SearchOutlined aria-hidden />}
      suffix={<kbd aria-hidden>/</kbd>}
      aria-label={placeholder}
      placeholder={placeholder}
      value={typed}
      maxLength={100}
      allowClear
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}

/** Whether a key belongs to what is being typed and not to the page. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, [contenteditable=true]') !== null
  );
}

const CHIP_NAMES_MAX = 3;

function Chip({ facet, navigation }: { facet: Facet; navigation: ListNavigation }) {
  const { t } = useTranslation();
  const { address, goTo } = navigation;
  const set = address.values[facet.field];
  if (!set) return null;
  const names = set.map((value) => facet.values.find((one) => one.value === value)?.text ?? value);
  const text =
    names.length <= CHIP_NAMES_MAX
      ? names.join(t('word.comma'))
      : t('word.andMore', {
          list: names.slice(0, CHIP_NAMES_MAX).join(t('word.comma')),
          count: names.length,
        });
  return (
    <span className="chip">
      <span className="chip-name">{t('list.condition', { name: facet.title })}</span>
      {text}
      <button
        type="button"
        aria-label={t('list.drop', { name: facet.title, values: text })}
        onClick={() => goTo(withValues(address, facet.field, []))}
      >
        <CloseOutlined aria-hidden />
      </button>
    </span>
  );
}

export type Dropped = { condition: string; count: number };
type NothingProps = {
  address: ListAddress;
  goTo: ListNavigation['goTo'];
  facets: readonly Facet[];
  without: readonly Dropped[];
  what: string;
};

/** Filtered to nothing: which condition to drop and what that yields. */
export function NothingFound({ address, goTo, facets, without, what }: NothingProps) {
  const { t } = useTranslation();
  const nameOf = (condition: string) => {
    if (condition === 'text') return t('list.quoted', { name: t('list.text'), values: address.text });
    const facet = facets.find(({ field }) => field === condition);
    const values = (address.values[condition] ?? []).map(
      (value) => facet?.values.find((one) => one.value === value)?.text ?? value,
    );
    return t('list.quoted', { name: facet?.title ?? condition, values: values.join(t('word.comma')) });
  };
  const drop = (condition: string) =>
    goTo(condition === 'text' ? fromStart({ ...address, text: '' }) : withValues(address, condition, []));
  return (
    <section className="nothing">
      <h2>{t('list.nothingTitle', { count: conditionCount(address), what })}</h2>
      {without.length > 1 && (
        <p>{without.some(({ count }) => count > 0) ? t('list.nothingHint') : t('list.nothingAnyway')}</p>
      )}
      <ul>
        {without.length > 1 &&
          without.some(({ count }) => count > 0) &&
          without.map(({ condition, count }) => (
            <li key={condition}>
              {count > 0 ? (
                <button type="button" className="link" onClick={() => drop(condition)}>
                  {t('list.without', { condition: nameOf(condition) })}
                </button>
              ) : (
                <span className="quiet">{t('list.without', { condition: nameOf(condition) })}</span>
              )}
              <span className={count > 0 ? '' : 'quiet'}>{t('list.found', { count, what })}</span>
            </li>
          ))}
      </ul>
      <button
        type="button"
        className="button"
        onClick={() => goTo(fromStart({ ...address, text: '', values: {} }))}
      >
        {t('list.clearAll')}
      </button>
    </section>
  );
}
