import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { request } from '../http/request.ts';
import type { Problem } from '../http/request.ts';

/** Who is signed in, as the platform says. */
export type Actor = {
  id: string;
  name: string;
  kind: 'staff' | 'api-client';
  roles: string[];
  permissions: string[];
};

export type SessionState =
  | { state: 'checking' }
  | { state: 'signed-out'; because: 'no-session' | 'ended' }
  | { state: 'unreachable'; problem: Problem }
  | { state: 'signed-in'; token: string; actor: Actor };

type SessionActions = {
  session: SessionState;
  signIn: (account: string, password: string) => Promise<Problem | null>;
  signOut: () => Promise<void>;
  /** The platform no longer accepts the token: shows the sign-in page, which leads back here. */
  endSession: () => void;
  /** Asks again who is signed in, after the platform did not answer. */
  retry: () => void;
};

// Per tab: closing the tab ends the session in this browser, a reload keeps it.
const storageKey = 'tessera.token';
const SessionContext = createContext<SessionActions | null>(null);

export function SessionProvider({ children }: { children: ReactNode }) {
  const [session, setSession] = useState<SessionState>({ state: 'checking' });
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let current = true;
    void resumedSession().then((found) => {
      if (current) setSession(found);
    });
    return () => {
      current = false;
    };
  }, [attempt]);

  const signIn = useCallback(async (account: string, password: string) => {
    const answer = await request<{ token: string; actor: Actor }>('/auth/sign-in', {
      method: 'POST',
      body: { account, password },
    });
    if (!answer.ok) return answer.problem;
    sessionStorage.setItem(storageKey, answer.data.token);
    setSession({ state: 'signed-in', token: answer.data.token, actor: answer.data.actor });
    return null;
  }, []);

  const signOut = useCallback(async () => {
    const token = sessionStorage.getItem(storageKey) ?? undefined;
    sessionStorage.removeItem(storageKey);
    setSession({ state: 'signed-out', because: 'no-session' });
    await request('/auth/sign-out', { method: 'POST', token });
  }, []);

  const endSession = useCallback(() => {
    sessionStorage.removeItem(storageKey);
    setSession({ state: 'signed-out', because: 'ended' });
  }, []);

  const retry = useCallback(() => {
    setSession({ state: 'checking' });
    setAttempt((count) => count + 1);
  }, []);

  const value = useMemo(
    () => ({ session, signIn, signOut, endSession, retry }),
    [session, signIn, signOut, endSession, retry],
  );
  return <SessionContext value={value}>{children}</SessionContext>;
}

export function useSession(): SessionActions {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession is used outside SessionProvider');
  return session;
}

/** The session of someone who is known to be signed in, as on every page behind the sign-in. */
export function useSignedIn(): { token: string; actor: Actor } {
  const { session } = useSession();
  if (session.state !== 'signed-in') throw new Error('this page is drawn only for someone who is signed in');
  return session;
}

async function resumedSession(): Promise<SessionState> {
  const token = sessionStorage.getItem(storageKey);
  if (token === null) return { state: 'signed-out', because: 'no-session' };
  const answer = await request<{ actor: Actor }>('/auth/me', { token });
  if (answer.ok) return { state: 'signed-in', token, actor: answer.data.actor };
  if (answer.problem.status !== 401) return { state: 'unreachable', problem: answer.problem };
  sessionStorage.removeItem(storageKey);
  return { state: 'signed-out', because: 'ended' };
}
