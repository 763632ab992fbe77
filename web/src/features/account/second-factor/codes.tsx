import { useEffect, useRef } from 'react';
import { t } from '@/lib/messages.ts';
import { save } from '@/lib/save.ts';
import { card, primary, secondary } from '@/ui/button.ts';

/** Recovery codes, shown this once. */
export function Codes({ codes, done }: { codes: string[]; done: () => void }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <section aria-labelledby="codes" className={`${card} mt-4 max-w-prose space-y-3`}>
      <h2 id="codes" ref={title} tabIndex={-1} className="text-xl outline-none">
        {t('factor.codes.new')}
      </h2>
      <p>{t('factor.codes.text')}</p>
      <ul className="grid grid-cols-2 gap-x-6 gap-y-1 font-mono text-lg">
        {codes.map((code) => (
          <li key={code}>
            <bdi dir="ltr">{code}</bdi>
          </li>
        ))}
      </ul>
      <p className="flex flex-wrap gap-3 print:hidden">
        <button
          type="button"
          onClick={() =>
            save(new Blob([`${codes.join('\n')}\n`], { type: 'text/plain' }), 'tipple-codes.txt')
          }
          className={secondary}
        >
          {t('factor.codes.save')}
        </button>
        <button type="button" onClick={done} className={primary}>
          {t('factor.codes.kept')}
        </button>
      </p>
    </section>
  );
}
