import { pino, type Logger } from 'pino';

export type { Logger };

/** Structured logs on stderr. Secrets and personal data never enter: callers log ids and codes. */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['req.headers.authorization', 'req.headers.cookie', 'password', 'token'],
    },
    pino.destination({ dest: 2, sync: false }),
  );
}
