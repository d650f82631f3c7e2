import { useEffect, useMemo } from 'react';
import type { DemoConfig } from '../installation/installation.tsx';
import type { Draft } from './drafts.ts';
import { controlled } from './examples.ts';
import type { DeclaredVariable } from './query.ts';
import { instantOf, readObject, shanghaiTimeOf, withVariables } from './variables.ts';

/** Whether a control has a variable to set in this query, and whether that variable may be null. */
export type ControlUse = 'unused' | 'optional' | 'required';

export type Controls = {
  customer: { use: ControlUse; value: string | null; set: (customerNo: string | null) => void };
  channel: { use: ControlUse; value: string | null; set: (channel: string) => void };
  /** As the field shows it, in Shanghai's time; empty is now. */
  time: { use: ControlUse; value: string; set: (shanghaiTime: string) => void };
};

/** The controls of the page read and write the variables' text, so that the two can never disagree. */
export function useControls(
  draft: Draft,
  edit: (part: Partial<Draft>) => void,
  declared: readonly DeclaredVariable[],
  config: DemoConfig,
): Controls {
  const values = useMemo(() => readObject(draft.variables), [draft.variables]);
  const set = (name: string, value: unknown) =>
    edit({ variables: withVariables(draft.variables, { [name]: value }) });
  const useOf = (name: string): ControlUse => {
    const variable = declared.find((candidate) => candidate.name === name);
    if (!variable) return 'unused';
    return variable.required ? 'required' : 'optional';
  };
  const textOf = (name: string): string | null => {
    const value = values?.[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };

  // An example cannot know the customer numbers and touchpoints of this installation; the first ones are filled in.
  const firstCustomer =
    config.personas[0]?.customerNo ?? (useOf(controlled.customer) === 'optional' ? null : undefined);
  const firstChannel = config.apiClients[0]?.channel;
  useEffect(() => {
    const missing: Record<string, string | null> = {};
    if (values?.[controlled.customer] === '' && firstCustomer !== undefined)
      missing[controlled.customer] = firstCustomer;
    if (values?.[controlled.channel] === '' && firstChannel !== undefined)
      missing[controlled.channel] = firstChannel;
    if (Object.keys(missing).length > 0) edit({ variables: withVariables(draft.variables, missing) });
  }, [values, draft.variables, edit, firstCustomer, firstChannel]);

  return {
    customer: {
      use: useOf(controlled.customer),
      value: textOf(controlled.customer),
      set: (customerNo) => set(controlled.customer, customerNo),
    },
    channel: {
      use: useOf(controlled.channel),
      value: textOf(controlled.channel),
      set: (channel) => set(controlled.channel, channel),
    },
    time: {
      use: useOf(controlled.asOf),
      value: shanghaiTimeOf(values?.[controlled.asOf]),
      set: (shanghaiTime) => set(controlled.asOf, instantOf(shanghaiTime)),
    },
  };
}
