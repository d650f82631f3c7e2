import { BusyError, PlatformError } from './errors.ts';

/** What is kept of a failure in records and logs: enough to find the place, nothing that could name a client. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

const MESSAGE_LENGTH_MAX = 500;

/**
 * The platform's own errors speak in safe words. The message of any other may quote data (a duplicate key names its
 * value), so only its name and the place that threw it are kept.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof PlatformError)
    return { code: error.code, message: error.message.slice(0, MESSAGE_LENGTH_MAX) };
  if (!(error instanceof Error)) return { code: 'UNEXPECTED', message: `a ${typeof error} was thrown` };
  const place = error.stack?.split('\n').find((line) => /^\s+at /.test(line)) ?? '';
  return { code: 'UNEXPECTED', message: `${error.name} ${place.trim()}`.trim().slice(0, MESSAGE_LENGTH_MAX) };
}

/** How the driver names a server that cannot be reached or has no primary. */
const DATABASE_AWAY =
  /^Mongo(ose)?(Network|NetworkTimeout|ServerSelection|ServerClosed|PoolCleared|NotConnected)Error$/;

/** The failure in the platform's own words: as it was thrown, or because the database is away; undefined for a surprise. */
export function foreseen(error: unknown): PlatformError | undefined {
  if (error instanceof PlatformError) return error;
  if (error instanceof Error && DATABASE_AWAY.test(error.name))
    return new BusyError('The database does not answer at the moment. Repeat the request.', 2, error);
  return undefined;
}

const FRAMES_MAX = 20;

/** Where an error came from, for logs: the frames of its stack without the message above them. */
export function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return frames.slice(0, FRAMES_MAX).map((line) => line.trim());
}
