import type { Schema } from '@tipple/api';
import type { ReactNode } from 'react';
import { t } from '@/lib/messages.ts';
import { Failed } from '@/lib/network.ts';
import { send } from '@/lib/send.ts';
import { useAsking } from './asking.ts';
import { aside, go, other } from './look.ts';
import { Failure } from './shift.tsx';
import { Title } from './title.tsx';

/** Questions of a check. */
const ALL = 3;

interface Answer {
  text: string;
  press: () => void;
}

interface Shown {
  n: number;
  question: string;
  yes?: Answer;
  no?: Answer;
  busy?: boolean;
  /** What is asked about. */
  about?: ReactNode;
  children?: ReactNode;
}

/** One question, and two large answers. */
export function Asked({ n, question, yes, no, busy, about, children }: Shown) {
  return (
    <section>
      <p className="font-medium text-muted">{t('driver.check.step', { n, of: ALL })}</p>
      <Title key={question} className="mb-4">
        {question}
      </Title>
      {about}
      {yes && (
        <button type="button" aria-busy={busy} onClick={yes.press} className={go}>
          {yes.text}
        </button>
      )}
      {no && (
        <button type="button" aria-busy={busy} onClick={no.press} className={`${other} mt-3`}>
          {no.text}
        </button>
      )}
      {children}
    </section>
  );
}

interface Checked {
  job: Schema<'DriverJob'>;
  document: Schema<'Document'>;
  answered: (checked: Schema<'Checked'>) => void;
  refuse: () => void;
  back: () => void;
}

/** The last question; then the house answers, which nothing here does for it. */
export function Theirs({ job, document, answered, refuse, back }: Checked) {
  const check = useAsking(async (name_matches: boolean) => {
    const body = { document, name_matches, sober: true };
    answered(await send('post', '/v1/delivery/jobs/{job}/check', { path: { job: job.job }, body }));
  });
  const cut = check.failed instanceof Failed && check.failed.problem.status === 0;
  return (
    <Asked
      n={3}
      question={t('driver.check.name')}
      busy={check.busy}
      yes={{ text: t('driver.check.name.yes'), press: () => check.press(true) }}
      no={{ text: t('driver.check.name.no'), press: () => check.press(false) }}
      about={
        <p className="my-4 text-lg [overflow-wrap:anywhere]">
          {t('driver.check.name.text', { name: job.door.recipient })}
        </p>
      }
    >
      {cut ? (
        <section role="alert" className="mt-4 rounded-sm bg-accent-soft p-3 text-lg">
          <p>{t('driver.check.offline')}</p>
          <button type="button" onClick={() => refuse()} className={aside}>
            {t('driver.hand.refuse')}
          </button>
        </section>
      ) : (
        <Failure failed={check.failed} />
      )}
      <button type="button" onClick={back} className={aside}>
        {t('driver.check.back')}
      </button>
    </Asked>
  );
}
