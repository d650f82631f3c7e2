import { Checkbox } from 'antd';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { count as countText } from '../words/formats.ts';

export type FacetValue = { value: string; label: ReactNode; text: string; count: number };
export type Facet = { field: string; title: string; values: FacetValue[]; shown?: number };

type Props = {
  facets: readonly Facet[];
  values: Readonly<Record<string, string[]>>;
  onToggle: (field: string, value: string) => void;
};

/** What a list can be narrowed to, with how many stand under each value. */
export function Facets({ facets, values, onToggle }: Props) {
  return (
    <div className="facets">
      {facets
        .filter((facet) => facet.values.length > 0)
        .map((facet) => (
          <FacetGroup key={facet.field} facet={facet} set={values[facet.field] ?? []} onToggle={onToggle} />
        ))}
    </div>
  );
}

type GroupProps = { facet: Facet; set: readonly string[]; onToggle: Props['onToggle'] };

function FacetGroup({ facet, set, onToggle }: GroupProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const { shown = 6, values, title, field } = facet;
  // What is ticked is never folded away.
  const visible = open ? values : values.filter(({ value }, index) => index < shown || set.includes(value));
  const hidden = values.length - visible.length;
  return (
    <fieldset>
      <legend>{title}</legend>
      {visible.map(({ value, label, count }) => (
        <Checkbox
          key={value}
          checked={set.includes(value)}
          {...(count === 0 ? { className: 'facets-none' } : {})}
          onChange={() => onToggle(field, value)}
        >
          <span className="facets-label">{label}</span>
          <span className="facets-count">{countText(count)}</span>
        </Checkbox>
      ))}
      {hidden > 0 && (
        <button type="button" className="link" onClick={() => setOpen(true)}>
          {t('list.moreValues', { count: hidden })}
        </button>
      )}
    </fieldset>
  );
}
