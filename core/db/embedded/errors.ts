/**
 * A refusal in MongoDB's own terms: code and code name as its manual lists them
 * (https://www.mongodb.com/docs/manual/reference/error-codes/), so that drivers react as they do to a server.
 */
export class CommandError extends Error {
  readonly code: number;
  readonly codeName: string;
  /** Error labels such as TransientTransactionError, by which drivers decide whether to retry. */
  readonly labels: string[];
  /** Further fields of the reply, such as keyPattern and keyValue of a duplicate key. */
  readonly details: Record<string, unknown>;

  constructor(
    code: number,
    codeName: string,
    message: string,
    labels: string[] = [],
    details: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = 'CommandError';
    this.code = code;
    this.codeName = codeName;
    this.labels = labels;
    this.details = details;
  }
}

/** 2 BadValue: an argument that has the right type but no meaning here. */
export const badValue = (message: string): CommandError => new CommandError(2, 'BadValue', message);

/** 9 FailedToParse: a document whose form is wrong. */
export const failedToParse = (message: string): CommandError => new CommandError(9, 'FailedToParse', message);

/** 14 TypeMismatch: a value of a type that the field or operator does not take. */
export const typeMismatch = (message: string): CommandError => new CommandError(14, 'TypeMismatch', message);

/** 59 CommandNotFound: a command, stage or option that this engine leaves to a full MongoDB. */
export const commandNotFound = (name: string): CommandError =>
  new CommandError(59, 'CommandNotFound', `no such command: '${name}' (the embedded database refuses it)`);

/** 112 WriteConflict: another transaction wrote the same document first; the driver may run it again. */
export const writeConflict = (message: string): CommandError =>
  new CommandError(112, 'WriteConflict', message, ['TransientTransactionError']);

/** MongoDB's numbered errors have the name Location and the number. */
export const raise = (code: number, message: string): CommandError =>
  new CommandError(code, `Location${code}`, message);
