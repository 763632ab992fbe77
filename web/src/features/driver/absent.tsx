import { Link } from '@tanstack/react-router';
import { t } from '@/lib/messages.ts';
import type { Failed } from '@/lib/network.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Waiting } from '@/ui/waiting.tsx';
import { go, other } from './look.ts';
import { Title } from './title.tsx';

interface Shown {
  error: Failed | null;
  cut: boolean;
  again: () => void;
  /** What is said where neither the house nor this phone knows. */
  unknown: string;
}

/** What is not there: yet, for want of a network, or because whoever asks does not drive. */
export function Absent({ error, cut, again, unknown }: Shown) {
  if (cut)
    return (
      <>
        <Title>{t('driver.title')}</Title>
        <p className="mt-3 text-lg">{unknown}</p>
        <button type="button" onClick={again} className={`${other} mt-4`}>
          {t('problem.again')}
        </button>
      </>
    );
  if (!error) return <Waiting />;
  if (error.problem?.status !== 403) return <ProblemPage error={error} again={again} />;
  return (
    <>
      <h1>{t('driver.title')}</h1>
      <Empty title={t('driver.not')} text={t('driver.not.text')}>
        <Link to="/" className={go}>
          {t('driver.not.shop')}
        </Link>
      </Empty>
    </>
  );
}
