import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Persona } from '../installation/installation.tsx';
import { useLanguage } from '../language/language.ts';
import type { Controls } from './useControls.ts';

type Props = { personas: Persona[]; control: Controls['customer']; onReload: () => void };

/** On whose behalf the touchpoint asks: the example customers reach every outcome between them. */
export function PersonaPanel({ personas, control, onReload }: Props) {
  const { t } = useTranslation();
  const { say } = useLanguage();
  const unused = control.use === 'unused';
  return (
    <section className="card explorer-personas" aria-label={t('explorer.persona')}>
      <div className="card-head">
        <h2>{t('explorer.persona')}</h2>
        <span>
          {unused ? t('explorer.personaUnused') : t('explorer.personaCount', { count: personas.length })}
        </span>
      </div>
      {personas.length === 0 && (
        <p className="explorer-side-note">
          {t('explorer.personaEmpty')}
          <Button type="link" size="small" onClick={onReload}>
            {t('state.retry')}
          </Button>
        </p>
      )}
      <ul>
        {personas.map((persona) => (
          <PersonaRow
            key={persona.customerNo}
            name={persona.maskedName}
            number={persona.customerNo}
            summary={say(persona.summary)}
            selected={!unused && control.value === persona.customerNo}
            disabled={unused}
            onPick={() => control.set(persona.customerNo)}
          />
        ))}
        <PersonaRow
          name={t('explorer.personaNone')}
          number=""
          summary={
            control.use === 'required' ? t('explorer.personaRequired') : t('explorer.personaNoneSummary')
          }
          selected={control.use === 'optional' && control.value === null}
          disabled={control.use !== 'optional'}
          onPick={() => control.set(null)}
        />
      </ul>
    </section>
  );
}

type RowProps = {
  name: string;
  number: string;
  summary: string;
  selected: boolean;
  disabled: boolean;
  onPick: () => void;
};

function PersonaRow({ name, number, summary, selected, disabled, onPick }: RowProps) {
  return (
    <li>
      <button type="button" aria-pressed={selected} disabled={disabled} onClick={onPick}>
        <span className="explorer-persona-name">{name}</span>
        <span className="explorer-persona-number">{number}</span>
        <span className="explorer-persona-summary" title={summary}>
          {summary}
        </span>
      </button>
    </li>
  );
}
