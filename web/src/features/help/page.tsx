import { Link } from '@tanstack/react-router';
import { contact } from '@/lib/contact.ts';
import { t } from '@/lib/messages.ts';
import { Contact } from '@/ui/contact.tsx';

const topics = ['door', 'refused', 'pay', 'cancel', 'refund', 'closed', 'far', 'wrong', 'privacy'] as const;

/** What people ask, answered. */
export function Page() {
  return (
    <div className="mx-auto max-w-prose">
      <h1>{t('help.title')}</h1>
      <p className="mt-3 text-muted">{t('help.about')}</p>
      <nav aria-label={t('help.topics')} className="mt-6">
        <ul className="grid gap-x-4 sm:grid-cols-2">
          {topics.map((topic) => (
            <li key={topic}>
              <a href={`#${topic}`} className="flex min-h-11 items-center text-brand underline">
                {t(`help.${topic}`)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {topics.map((topic) => (
        <section key={topic} id={topic} className="mt-8 border-t border-hairline pt-6">
          <h2 className="text-xl">{t(`help.${topic}`)}</h2>
          <p className="mt-2">{t(`help.${topic}.text`)}</p>
        </section>
      ))}
      <section className="mt-8 border-t border-hairline pt-6">
        <h2 className="text-xl">{t('help.order')}</h2>
        <p className="mt-2">{t('help.order.text')}</p>
        <Link to="/orders" className="mt-2 inline-flex min-h-11 items-center text-brand underline">
          {t('help.orders')}
        </Link>
      </section>
      <Somebody />
    </div>
  );
}

/** Whom to ask where none of it helps. */
function Somebody() {
  const { email, phone } = contact();
  if (!email && !phone) return null;
  return (
    <section className="mt-8 border-t border-hairline pt-6">
      <h2 className="text-xl">{t('help.contact')}</h2>
      <p className="mt-2">{t('help.contact.text')}</p>
      <Contact className="mt-2" />
    </section>
  );
}
