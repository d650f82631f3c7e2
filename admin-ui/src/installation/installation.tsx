import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { request } from '../http/request.ts';
import type { Problem } from '../http/request.ts';
import type { Words } from '../pages/declaration.ts';

export type DemoSignIn = { role: string; account: string; password: string; label: Words };
export type DemoApiClient = { channel: string; name: string; token: string };
export type Persona = { customerNo: string; maskedName: string; summary: Words };
export type LimitName = 'depth' | 'aliases' | 'tokens' | 'cost' | 'pageMax' | 'bodyBytes';

/** What a demo installation tells about itself; any other installation answers 404. */
export type DemoConfig = {
  mode: 'demo';
  signIns: DemoSignIn[];
  apiClients: DemoApiClient[];
  personas: Persona[];
  limits: Record<LimitName, number>;
};

export type Installation =
  | { state: 'loading' }
  | { state: 'demo'; config: DemoConfig }
  | { state: 'not-demo' }
  | { state: 'failed'; problem: Problem };

type InstallationActions = { installation: Installation; reload: () => void };

const InstallationContext = createContext<InstallationActions | null>(null);

export function InstallationProvider({ children }: { children: ReactNode }) {
  const [installation, setInstallation] = useState<Installation>({ state: 'loading' });
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let current = true;
    void request<DemoConfig>('/explorer/config').then((answer) => {
      if (!current) return;
      if (answer.ok) setInstallation({ state: 'demo', config: answer.data });
      else if (answer.problem.status === 404) setInstallation({ state: 'not-demo' });
      else setInstallation({ state: 'failed', problem: answer.problem });
    });
    return () => {
      current = false;
    };
  }, [attempt]);

  const reload = useCallback(() => {
    setInstallation({ state: 'loading' });
    setAttempt((count) => count + 1);
  }, []);
  const value = useMemo(() => ({ installation, reload }), [installation, reload]);
  return <InstallationContext value={value}>{children}</InstallationContext>;
}

export function useInstallation(): InstallationActions {
  const installation = useContext(InstallationContext);
  if (!installation) throw new Error('useInstallation is used outside InstallationProvider');
  return installation;
}
