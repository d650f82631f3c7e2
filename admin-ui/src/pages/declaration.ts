import type { ComponentType } from 'react';

/** A text in both languages of the admin UI. */
export type Words = { zh: string; en: string };

/** The sections of the navigation, in their order. A section is drawn only when it has a page that the person may open. */
export const sections = [
  'workbench',
  'products',
  'pricing',
  'suitability',
  'customers',
  'loyalty',
  'sms',
  'funds',
  'approvals',
  'trace',
  'system',
] as const;

export type Section = (typeof sections)[number];

/** One page of the admin UI, as core or a plugin declares it. README.md says how a plugin brings its own. */
export type PageDeclaration = {
  slot: 'page';
  /** Below `/admin`, starting with a slash; unique among all pages. */
  path: string;
  section: Section;
  /** The permission that opens the page; null lets everyone in who is signed in. */
  permission: string | null;
  title: Words;
  /** How the navigation calls it, where that is not the title. */
  entry?: Words;
  /** Opened from another page, e.g. a list, and not drawn in the navigation; that page's path. */
  under?: string;
  /** Drawn behind the entry, e.g. how many things wait there. */
  badge?: () => Promise<{ default: ComponentType }>;
  /** Loaded when the page is opened. */
  component: () => Promise<{ default: ComponentType }>;
};

/** Who the page of a client is about, as a tab is told. */
export type TabCustomer = { id: string; customerNo: string; nameMasked: string };

/** A tab of the page of a client (客户全景), beside core's own. */
export type CustomerTabDeclaration = {
  slot: 'customer.tab';
  /** Names the tab in the address; unique among all tabs. */
  code: string;
  /** The permission that opens it; without it the tab is not drawn. */
  permission: string;
  title: Words;
  component: () => Promise<{ default: ComponentType<{ customer: TabCustomer }> }>;
};

export type Declaration = PageDeclaration | CustomerTabDeclaration;

/** What a `page.ts` exports. */
export type PageModule = { default: Declaration[] };
