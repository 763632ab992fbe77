import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { type Language, language, languages, t } from '@/lib/messages.ts';
import { ifMatch, send } from '@/lib/send.ts';
import { chooseTheme, chosenTheme, type Theme } from '@/lib/theme.ts';
import { card } from '@/ui/button.ts';
import { Choice } from '@/ui/form.tsx';
import { me } from './requests.ts';

const THEMES: Theme[] = ['system', 'light', 'dark'];

/** How this browser shows the site. */
export function Taste() {
  const { data } = useQuery(me);
  return (
    <section className={`${card} space-y-4`}>
      <h2 className="text-xl">{t('taste.title')}</h2>
      <Choice
        name="language"
        label={t('taste.language')}
        choices={Object.entries(languages).map(([key, { name }]) => [key, name])}
        defaultValue={language()}
        onChange={({ target }) => void choose(target.value as Language, data)}
      />
      <p className="text-sm text-muted">{t('taste.language.letters')}</p>
      <Choice
        name="theme"
        label={t('taste.theme')}
        choices={THEMES.map((theme) => [theme, t(`taste.theme.${theme}`)])}
        defaultValue={chosenTheme()}
        onChange={({ target }) => chooseTheme(target.value as Theme)}
      />
    </section>
  );
}

/** The page comes anew in that language, which the house is told by a cookie; and letters do. */
async function choose(next: Language, me?: Schema<'Profile'>) {
  // biome-ignore lint/suspicious/noDocumentCookie: the other way is not in every browser yet
  document.cookie = `language=${next}; path=/; max-age=31536000; samesite=lax`;
  if (me && me.language.split('-')[0] !== next) {
    const header = ifMatch(me.version);
    // Pages are in that language whether or not letters are.
    await send('patch', '/v1/accounts/me', { header, body: { language: next } }).catch(() => undefined);
  }
  location.reload();
}
