import { Button } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { createBrowserRouter, Navigate, useLocation, useNavigate } from 'react-router';
import { useLanguage } from '../language/language.ts';
import type { PageDeclaration } from '../pages/declaration.ts';
import { mayOpen, navigationFor } from '../pages/navigation.ts';
import { pages } from '../pages/registry.ts';
import { useSignedIn } from '../session/session.tsx';
import { PageBoundary } from '../states/PageBoundary.tsx';
import { Empty, Loading, NoPermission } from '../states/states.tsx';
import { Layout } from './Layout.tsx';

export const router = createBrowserRouter(
  [
    {
      path: '/',
      element: <Layout />,
      children: [
        { index: true, element: <FirstPage /> },
        ...pages.map((page) => ({ path: page.path, element: <GuardedPage key={page.path} page={page} /> })),
        { path: '*', element: <NotFound /> },
      ],
    },
  ],
  { basename: '/admin' },
);

/** Opens the first page that this person may see. */
function FirstPage() {
  const { actor } = useSignedIn();
  const { t } = useTranslation();
  const first = navigationFor(pages, actor.permissions)[0]?.pages[0];
  if (first) return <Navigate to={first.path} replace />;
  return <Empty level={1} title={t('state.nothingTitle')} text={t('state.nothing')} />;
}

const componentOf = new Map(pages.map((page) => [page.path, lazy(page.component)]));

function GuardedPage({ page }: { page: PageDeclaration }) {
  const { actor } = useSignedIn();
  const { say } = useLanguage();
  const navigate = useNavigate();
  if (!mayOpen(page, actor.permissions)) {
    return (
      <NoPermission
        page={say(page.title)}
        permission={page.permission ?? ''}
        roles={actor.roles}
        onLeave={() => void navigate('/')}
      />
    );
  }
  const Page = componentOf.get(page.path);
  if (!Page) throw new Error(`page ${page.path} has no component`);
  return (
    <PageBoundary>
      <Suspense fallback={<Loading />}>
        <Page />
      </Suspense>
    </PageBoundary>
  );
}

function NotFound() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  return (
    <Empty
      level={1}
      title={t('state.notFoundTitle')}
      text={t('state.notFound', { path: `/admin${pathname}` })}
    >
      <Button type="primary" onClick={() => void navigate('/')}>
        {t('state.seeMine')}
      </Button>
    </Empty>
  );
}
