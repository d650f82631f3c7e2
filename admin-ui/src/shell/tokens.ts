/** The colours of one theme; the names are the roles that they play, never what they look like. */
export type Tokens = {
  accent: string;
  accentSoft: string;
  accentLine: string;
  /** A filled button under the pointer. */
  accentHover: string;
  /** Text on a surface filled with the accent. */
  onAccent: string;
  page: string;
  surface: string;
  sunken: string;
  hover: string;
  line: string;
  lineFaint: string;
  text1: string;
  text2: string;
  text3: string;
  warning: string;
  warningSoft: string;
  error: string;
  errorSoft: string;
  /** Names of types and variables in code. */
  codeType: string;
  /** The Chinese market: red is up, green is down; used for nothing else. */
  marketUp: string;
  marketDown: string;
  /** Product risk from R1 to R5: one hue, used for nothing else, fill and the text on it. */
  risk1: string;
  risk2: string;
  risk3: string;
  risk4: string;
  risk5: string;
  onRisk1: string;
  onRisk2: string;
  onRisk3: string;
  onRisk4: string;
  onRisk5: string;
};

export type ThemeName = 'light' | 'dark';

export const tokens: Record<ThemeName, Tokens> = {
  light: {
    accent: '#0B5C75',
    accentSoft: '#E7F1F4',
    accentLine: '#B5D3DC',
    accentHover: '#0E6F8D',
    onAccent: '#FFFFFF',
    page: '#F4F6F7',
    surface: '#FFFFFF',
    sunken: '#F8FAFA',
    hover: '#F1F5F6',
    line: '#DFE5E7',
    lineFaint: '#EBEFF1',
    text1: '#15232A',
    text2: '#4A5B64',
    text3: '#5C6D76',
    warning: '#9A5B00',
    warningSoft: '#FDF3E0',
    error: '#B42C23',
    errorSoft: '#FCEDEB',
    codeType: '#4B3B8F',
    marketUp: '#C8372D',
    marketDown: '#14805A',
    risk1: '#F7EDF5',
    risk2: '#E9CFE3',
    risk3: '#CF9DC3',
    risk4: '#98508A',
    risk5: '#5C1D50',
    onRisk1: '#6B2B5E',
    onRisk2: '#5A2150',
    onRisk3: '#3F1238',
    onRisk4: '#FFFFFF',
    onRisk5: '#FFFFFF',
  },
  dark: {
    accent: '#62B9D0',
    accentSoft: '#14313A',
    accentLine: '#28525F',
    accentHover: '#7AC7DA',
    onAccent: '#0D1417',
    page: '#0D1417',
    surface: '#141D21',
    sunken: '#10181B',
    hover: '#1A262B',
    line: '#29373D',
    lineFaint: '#202C31',
    text1: '#E6EDF0',
    text2: '#A9BAC1',
    text3: '#84969E',
    warning: '#E5AE57',
    warningSoft: '#2E2512',
    error: '#F27B72',
    errorSoft: '#331B1B',
    codeType: '#B5A8EE',
    marketUp: '#F27B72',
    marketDown: '#4FC08D',
    risk1: '#3A2536',
    risk2: '#55304D',
    risk3: '#7C4670',
    risk4: '#AB6A9D',
    risk5: '#E3B4D8',
    onRisk1: '#E8C9E1',
    onRisk2: '#F1DAEB',
    onRisk3: '#FBEFF8',
    onRisk4: '#1C0A18',
    onRisk5: '#2C0D26',
  },
};

export const fontFamily =
  "Inter, system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Noto Sans CJK SC', 'Noto Sans SC', 'Microsoft YaHei', sans-serif";

export const codeFontFamily =
  "ui-monospace, 'SF Mono', 'JetBrains Mono', 'DejaVu Sans Mono', Consolas, 'Noto Sans Mono CJK SC', monospace";

/** `accentSoft` → `--accent-soft`, `text1` → `--text-1`. */
export function variableName(token: string): string {
  return `--${token.replace(/([A-Z]|\d)/g, (found) => `-${found.toLowerCase()}`)}`;
}
