import { Link } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import { Contact } from './contact.tsx';

export function Missing() {
  return (
    <section className="mx-auto max-w-prose py-16 text-center">
      <h1>{t('missing.title')}</h1>
      <p className="mt-3 text-muted">{t('missing.text')}</p>
      <Contact say={t('contact.ask')} className="mt-1 justify-center" />
      <Link to="/" className="mt-6 inline-block rounded-pill bg-brand px-5 py-3 font-semibold text-on-brand">
        {t('missing.home')}
      </Link>
    </section>
  );
}
