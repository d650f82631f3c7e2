import { useCallback, useRef, useState } from 'react';
import type { Problem } from '../http/request.ts';
import { run } from './run.ts';
import type { RunAnswer, RunRequest } from './run.ts';

/** The answer on the page stays until the next one is there. */
export type RunState = { running: boolean; answer: RunAnswer | null; problem: Problem | null };

export function useRun(onAnswer: (answer: RunAnswer) => void): {
  state: RunState;
  start: (request: RunRequest) => void;
  stop: () => void;
} {
  const [state, setState] = useState<RunState>({ running: false, answer: null, problem: null });
  const current = useRef<AbortController>(null);

  const start = useCallback(
    (request: RunRequest) => {
      // A second run takes the place of the first: only the last question is of interest.
      current.current?.abort();
      const controller = new AbortController();
      current.current = controller;
      setState((before) => ({ ...before, running: true }));
      void run(request, controller.signal).then((result) => {
        if (current.current !== controller) return;
        current.current = null;
        if (result.state === 'stopped') setState((before) => ({ ...before, running: false }));
        else if (result.state === 'failed')
          setState({ running: false, answer: null, problem: result.problem });
        else {
          setState({ running: false, answer: result.answer, problem: null });
          onAnswer(result.answer);
        }
      });
    },
    [onAnswer],
  );

  const stop = useCallback(() => current.current?.abort(), []);
  return { state, start, stop };
}
