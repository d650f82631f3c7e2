import type { GatewayDeclaration } from '../../core/plugin/gateway.ts';
import { segmentsOf } from './segments.ts';

export const CONSOLE_GATEWAY = 'CONSOLE';

/**
 * The gateway of demo installations: it tells the log that a message went out, by our id and the masked number. Neither
 * the number nor the text is logged; it cannot be asked later, so what a killed process left stays UNKNOWN.
 */
export const consoleGateway: GatewayDeclaration = {
  code: CONSOLE_GATEWAY,
  title: { zh: '控制台（演示）', en: 'Console (demo)' },
  capabilities: { channel: 'SMS', promotion: true, charactersMax: 500 },
  send: (permit, body, host) => {
    const { messageId, toMasked: to, purpose } = permit;
    const { encoding, parts } = segmentsOf(body);
    host.logger.info(
      { messageId, to, purpose, encoding, parts: parts.length },
      'an SMS went out to the console',
    );
    return Promise.resolve('ACCEPTED');
  },
};
