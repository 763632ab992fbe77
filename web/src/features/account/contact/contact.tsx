import { useQuery } from '@tanstack/react-query';
import { t } from '@/lib/messages.ts';
import { card } from '@/ui/button.ts';
import { Unread } from '@/ui/unread.tsx';
import { Bar } from '@/ui/waiting.tsx';
import { me } from '../requests.ts';
import { Email } from './email.tsx';
import { Phone } from './phone.tsx';

/** Where the visitor is reached, each shown to be theirs by a code. */
export function Contact() {
  const read = useQuery(me);
  const { data, error } = read;
  return (
    <section className={`${card} space-y-4`}>
      <h2 className="text-xl">{t('contact.title')}</h2>
      <Unread of={read} />
      {!data && !error && <Bar className="h-40 w-full" />}
      {data && (
        <>
          <Email email={data.email} verified={data.email_verified} withPassword={data.has_password} />
          <Phone phone={data.phone} />
        </>
      )}
    </section>
  );
}
