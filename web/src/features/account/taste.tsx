import { type Language, language, languages, t } from '@/lib/messages.ts';
import { chooseTheme, chosenTheme, type Theme } from '@/lib/theme.ts';
import { card } from '@/ui/button.ts';
import { Choice } from '@/ui/form.tsx';

const THEMES: Theme[] = ['system', 'light', 'dark'];

/** How this browser shows the site. */
export function Taste() {
  return (
    <section className={`${card} space-y-4`}>
      <h2 className="text-xl">{t('taste.title')}</h2>
      <Choice
        name="language"
        label={t('taste.language')}
        choices={Object.entries(languages).map(([key, { name }]) => [key, name])}
        defaultValue={language()}
        onChange={({ target }) => choose(target.value as Language)}
      />
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

/** The page comes anew in that language, which the house is told by a cookie. */
async function choose(next: Language) {
  // biome-ignore lint/suspicious/noDocumentCookie: the other way is not in every browser yet
  document.cookie = `language=${next}; path=/; max-age=31536000; samesite=lax`;
  location.reload();
}
