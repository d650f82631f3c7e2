import { IncomingMessage, ServerResponse, createServer, type RequestListener, type Server } from 'node:http';
import type { Express } from 'express';

/** A server that answers by `first` until it is given an app. */
export interface Listener {
  readonly server: Server;
  answerBy(app: Express): void;
}

/**
 * A server whose requests and responses are born with the prototypes that its Express app wants. Express otherwise
 * changes both in each request; V8 then keeps two fifths of what a request leaves behind beyond the cheap collections,
 * and collecting it takes longer than answering.
 */
export function createListener(first?: RequestListener): Listener {
  class Request extends IncomingMessage {}
  class Response extends ServerResponse {}
  const server = createServer({ IncomingMessage: Request, ServerResponse: Response }, first);
  return {
    server,
    answerBy: (app) => {
      // Before Express's own, so that what it and the app lend to messages is still found.
      Object.setPrototypeOf(Request.prototype, app.request);
      Object.setPrototypeOf(Response.prototype, app.response);
      Object.assign(app, { request: Request.prototype, response: Response.prototype });
      if (first) server.off('request', first);
      server.on('request', app);
    },
  };
}
