import { useCallback, useEffect, useRef, useState } from 'react';
import type { Problem } from '../http/request.ts';
import { useSession, useSignedIn } from '../session/session.tsx';
import { announceChange, ask, onChange } from './ask.ts';

export type Loaded<T> = {
  /** The last answer; it stays while the next one is on its way. */
  data: T | undefined;
  /** Why there is no answer to the present question. */
  problem: Problem | undefined;
  /** An answer is on its way. */
  loading: boolean;
  /** What is shown belongs to an earlier question. */
  stale: boolean;
  /** When the answer came. */
  at: Date | undefined;
  reload: () => void;
};

type State<T> = { key: string; data: T | undefined; problem: Problem | undefined; at: Date | undefined };

/**
 * The answer to a question, asked again when the question or anything else changes. `null` asks nothing yet.
 * With `keep` the answer to the question before stays until the next one is there.
 */
export function useAnswer<T>(
  query: string,
  variables: object | null,
  { keep = true }: { keep?: boolean } = {},
): Loaded<T> {
  const { token } = useSignedIn();
  const { endSession } = useSession();
  const [state, setState] = useState<State<T>>({
    key: '',
    data: undefined,
    problem: undefined,
    at: undefined,
  });
  const [asking, setAsking] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const key = variables === null ? '' : `${query} ${JSON.stringify(variables)}`;
  const reload = useCallback(() => setAttempt((count) => count + 1), []);

  useEffect(() => onChange(reload), [reload]);
  useEffect(() => {
    if (key === '' || variables === null) return;
    let current = true;
    setAsking(true);
    void ask<T>(token, query, variables).then((answer) => {
      if (!current) return;
      setAsking(false);
      if (answer.ok) setState({ key, data: answer.data, problem: undefined, at: new Date() });
      else if (answer.problem.status === 401) endSession();
      else setState((before) => ({ ...before, key, problem: answer.problem }));
    });
    return () => {
      current = false;
    };
    // The key stands for query and variables.
  }, [key, attempt, token, endSession]);

  const answered = state.key === key;
  const shown = answered || keep;
  return {
    data: shown ? state.data : undefined,
    problem: answered ? state.problem : undefined,
    loading: key !== '' && (asking || !answered),
    stale: !answered,
    at: state.at,
    reload,
  };
}

export type Send = <T>(query: string, variables: object) => Promise<T | null>;

/** Sends a command. One at a time; a failure stays to be shown until the next try; success is announced to every page. */
export function useSend(): {
  send: Send;
  sending: boolean;
  problem: Problem | undefined;
  forget: () => void;
} {
  const { token } = useSignedIn();
  const { endSession } = useSession();
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const busy = useRef(false);
  const send = useCallback(
    async <T>(query: string, variables: object): Promise<T | null> => {
      if (busy.current) return null;
      busy.current = true;
      setSending(true);
      setProblem(undefined);
      const answer = await ask<T>(token, query, variables);
      busy.current = false;
      setSending(false);
      if (answer.ok) {
        announceChange();
        return answer.data;
      }
      if (answer.problem.status === 401) endSession();
      else setProblem(answer.problem);
      return null;
    },
    [token, endSession],
  );
  const forget = useCallback(() => setProblem(undefined), []);
  return { send, sending, problem, forget };
}
