import { existsSync, readFileSync } from 'node:fs';
import express, { type Router } from 'express';
import { fromRoot } from '../paths.ts';
import { PlatformError } from '../errors.ts';

const CSP = [
  "default-src 'self'",
  "script-src 'self'",
  // antd and the editor write style rules at run time; scripts stay limited to our own files.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'self'",
].join('; ');

/** The built admin UI: fingerprinted files for good, the page itself never cached. */
export function adminUi(folder = fromRoot('admin-ui', 'dist')): Router {
  const router = express.Router();
  router.use((_request, response, next) => {
    response.setHeader('Content-Security-Policy', CSP);
    next();
  });
  router.use(
    '/assets',
    express.static(`${folder}/assets`, { immutable: true, maxAge: '365d', fallthrough: false }),
  );
  router.get('/{*page}', (_request, response) => {
    const page = `${folder}/index.html`;
    if (!existsSync(page))
      throw new PlatformError('ADMIN_UI_MISSING', 'The admin UI is not built. Run npm run build.', {
        status: 503,
      });
    response.setHeader('Cache-Control', 'no-store').type('html').send(readFileSync(page));
  });
  return router;
}
