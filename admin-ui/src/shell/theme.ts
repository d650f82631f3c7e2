import { theme as antdTheme } from 'antd';
import type { ThemeConfig } from 'antd';
import { codeFontFamily, fontFamily, tokens, variableName } from './tokens.ts';
import type { ThemeName } from './tokens.ts';

/** What antd's components are given, so that they and our own styles show the same tokens. */
export function antdThemeOf(name: ThemeName): ThemeConfig {
  const t = tokens[name];
  return {
    algorithm: name === 'dark' ? antdTheme.darkAlgorithm : antdTheme.defaultAlgorithm,
    token: {
      colorPrimary: t.accent,
      colorPrimaryBg: t.accentSoft,
      colorPrimaryBorder: t.accentLine,
      colorLink: t.accent,
      colorLinkHover: t.accent,
      colorError: t.error,
      colorErrorBg: t.errorSoft,
      colorWarning: t.warning,
      colorWarningBg: t.warningSoft,
      colorText: t.text1,
      colorTextSecondary: t.text2,
      colorTextTertiary: t.text3,
      colorTextPlaceholder: t.text3,
      colorBgLayout: t.page,
      colorBgContainer: t.surface,
      colorBgElevated: t.surface,
      colorBorder: t.line,
      colorBorderSecondary: t.lineFaint,
      colorFillTertiary: t.hover,
      controlItemBgActive: t.accentSoft,
      controlItemBgActiveHover: t.accentSoft,
      controlItemBgHover: t.hover,
      fontFamily,
      fontFamilyCode: codeFontFamily,
      fontSize: 13,
      borderRadius: 6,
      borderRadiusLG: 8,
      borderRadiusSM: 4,
      controlHeight: 32,
      motionDurationMid: '0.12s',
      motionDurationSlow: '0.16s',
    },
    components: {
      // Given here as well: the dark algorithm would dim the accent of a filled button.
      Button: {
        colorPrimary: t.accent,
        colorPrimaryHover: t.accentHover,
        colorPrimaryActive: t.accentHover,
        primaryColor: t.onAccent,
        primaryShadow: 'none',
        defaultShadow: 'none',
        fontWeight: 500,
      },
      Select: { optionSelectedColor: t.accent, optionSelectedBg: t.accentSoft, optionActiveBg: t.hover },
      Dropdown: { controlItemBgActive: t.accentSoft, controlItemBgHover: t.hover },
    },
  };
}

/** Puts the tokens on the page as CSS variables. Through the object model, which the policy allows, not a style tag. */
export function applyTokens(name: ThemeName): void {
  const root = document.documentElement;
  root.dataset['theme'] = name;
  root.style.colorScheme = name;
  for (const [token, value] of Object.entries(tokens[name])) {
    root.style.setProperty(variableName(token), value);
  }
  root.style.setProperty('--font', fontFamily);
  root.style.setProperty('--font-code', codeFontFamily);
}

/** The nonce under which this page may add style elements; absent where the page was not served by the platform. */
export function styleNonce(): string | undefined {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
}
