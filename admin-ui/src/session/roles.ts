import { useInstallation } from '../installation/installation.tsx';
import { useLanguage } from '../language/language.ts';

/** The roles in words, as the demo's sign-ins label them; a role without a label is shown by its code. */
export function useRoleNames(roles: string[]): string {
  const { installation } = useInstallation();
  const { language, say } = useLanguage();
  const labels = installation.state === 'demo' ? installation.config.signIns : [];
  const names = roles.map((role) => {
    const label = labels.find((signIn) => signIn.role === role)?.label;
    return label ? say(label) : role;
  });
  return names.join(language === 'en' ? ', ' : '、');
}
