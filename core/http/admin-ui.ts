import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import express, { type Router } from 'express';
import { fromRoot } from '../paths.ts';
import { PlatformError } from '../errors.ts';

/** Stands in the built page wherever an answer's own nonce belongs; admin-ui/vite.config.ts puts it there. */
const NONCE_PLACE = '__CSP_NONCE__';

/** The built admin UI: fingerprinted files for good, the page itself never cached. */
export function adminUi(folder = fromRoot('admin-ui', 'dist')): Router {
  const router = express.Router();
  router.use(
    '/assets',
    express.static(`${folder}/assets`, { immutable: true, maxAge: '365d' }),
    (request) => {
      throw new PlatformError('NOT_FOUND', `This build of the admin UI has no file ${request.path}.`, {
        status: 404,
      });
    },
  );
  router.get('/{*page}', (_request, response) => {
    const page = `${folder}/index.html`;
    if (!existsSync(page))
      throw new PlatformError('ADMIN_UI_MISSING', 'The admin UI is not built. Run npm run build.', {
        status: 503,
      });
    const nonce = randomBytes(18).toString('base64');
    response
      .setHeader('Content-Security-Policy', policy(nonce))
      .setHeader('Cache-Control', 'no-store')
      .type('html')
      .send(readFileSync(page, 'utf8').replaceAll(NONCE_PLACE, nonce));
  });
  return router;
}

/** Nothing runs but our own files. antd and the editor add style elements at run time, under the answer's nonce. */
function policy(nonce: string): string {
  return [
    "default-src 'self'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
  ].join('; ');
}
