import type { Host, LocalizedText } from './contract.ts';

/** Why a client is written to. */
export const PURPOSES = ['MARKETING', 'SUBSCRIBED', 'SERVICE'] as const;
/**
 * `MARKETING`: nobody asked for it. `SUBSCRIBED`: an issue of what the client subscribed to. `SERVICE`: an answer or a
 * notice that the client needs.
 */
export type Purpose = (typeof PURPOSES)[number];

declare const issued: unique symbol;

/** A permit in use, once: only outreach makes one, and nothing is sent without. */
export interface UsedPermit {
  readonly [issued]: true;
  /** Our message id, by which the gateway can be asked later. */
  readonly messageId: string;
  readonly purpose: Purpose;
  /** The number in clear, for the gateway alone: never in a log. */
  readonly to: string;
  /** The same for logs and people, `139****0001`. */
  readonly toMasked: string;
}

/** ACCEPTED: the gateway took it. REFUSED: it never will be sent. UNKNOWN: no answer; it may or may not be sent. */
export type SendOutcome = 'ACCEPTED' | 'REFUSED' | 'UNKNOWN';

/** A way for messages out of the house (短信网关) that a plugin adds. */
export interface GatewayDeclaration {
  /** Unique over all plugins, in capitals, e.g. `CONSOLE`. */
  readonly code: string;
  readonly title: LocalizedText;
  readonly capabilities: {
    readonly channel: 'SMS';
    /** Whether it carries marketing. */
    readonly promotion: boolean;
    /** How many characters (UTF-16 units) one message may have. */
    readonly charactersMax: number;
  };
  /** Whatever is thrown or takes too long counts as UNKNOWN; it is never called a second time for one permit. */
  readonly send: (permit: UsedPermit, body: string, host: Host) => Promise<SendOutcome>;
  /** What it knows under our message id; absent where it cannot be asked. REFUSED also where it never got it. */
  readonly lookup?: (messageId: string, host: Host) => Promise<SendOutcome>;
}
