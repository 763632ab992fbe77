import { contact } from '@/lib/contact.ts';

const link = 'inline-flex min-h-11 items-center text-brand underline underline-offset-4';

/** How to reach somebody who helps, where the operator names somebody. */
export function Contact({ say, className = '' }: { say?: string; className?: string }) {
  const { email, phone } = contact();
  if (!email && !phone) return null;
  return (
    <p className={`flex flex-wrap items-center gap-x-4 [overflow-wrap:anywhere] ${className}`}>
      {say}
      {email && (
        <a href={`mailto:${email}`} className={link}>
          <bdi>{email}</bdi>
        </a>
      )}
      {phone && (
        <a href={`tel:${phone.replaceAll(/[^+\d]/g, '')}`} className={link}>
          <bdi dir="ltr">{phone}</bdi>
        </a>
      )}
    </p>
  );
}
