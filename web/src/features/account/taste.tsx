import { useQuery } from '@tanstack/react-query';
import type { Schema } from '@tipple/api';
import { type Language, language, languages, t } from '@/lib/messages.ts';
import { ifMatch, send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { chooseTheme, chosenTheme, type Theme } from '@/lib/theme.ts';
import { card, secondary } from '@/ui/button.ts';
import { Choice } from '@/ui/form.tsx';
import { Said } from '@/ui/said.tsx';
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
      {data && <Letters me={data} />}
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

/** In which language somebody is written to, where that is not the page's. */
function Letters({ me }: { me: Schema<'Profile'> }) {
  const change = useSending(() => written(me, language()));
  if (like(me, language())) return null;
  return (
    <div>
      <button
        type="button"
        aria-busy={change.isPending}
        onClick={() => change.mutate(undefined)}
        className={secondary}
      >
        {t('taste.letters')}
      </button>
      {change.error && (
        <p role="alert" className="mt-1 text-danger">
          <Said of={change.error} />
        </p>
      )}
    </div>
  );
}

const like = (me: Schema<'Profile'>, one: Language) => me.language.split('-')[0] === one;
const written = (me: Schema<'Profile'>, language: Language) =>
  send('patch', '/v1/accounts/me', { header: ifMatch(me.version), body: { language } });

/** The page comes anew in that language, which the house is told by a cookie; and letters do. */
async function choose(next: Language, me?: Schema<'Profile'>) {
  // biome-ignore lint/suspicious/noDocumentCookie: the other way is not in every browser yet
  document.cookie = `language=${next}; path=/; max-age=31536000; samesite=lax`;
  // Pages are in that language whether or not letters are.
  if (me && !like(me, next)) await written(me, next).catch(() => undefined);
  location.reload();
}
