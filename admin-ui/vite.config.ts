import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/admin/',
  plugins: [react()],
  html: {
    // The server puts a fresh value in place of this at every answer (see README.md, "Content-Security-Policy").
    cspNonce: '__CSP_NONCE__',
  },
  build: {
    target: 'es2023',
    // Inlined assets would be data: addresses, which the policy allows for images only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
    // What the index page may load is decided by the policy; a polyfill script would be one more thing to trust.
    modulePreload: { polyfill: false },
  },
});
