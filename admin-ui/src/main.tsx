import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { startLanguage } from './language/language.ts';
import { App } from './shell/App.tsx';
import './shell/base.css';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no element "root"');

await startLanguage();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
