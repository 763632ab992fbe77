import type { Schema } from '@tipple/api';
import { moment, number } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { reasonOf } from '@/lib/refused.ts';
import { InWords } from '@/ui/said.tsx';
import { Rulebook } from '../law/rulebook.tsx';
import { More, useList } from '../list.tsx';
import { Part } from '../part.tsx';

type Verdict = Schema<'KeptVerdict'>;

/** What the law said about it each time it was asked, the newest first. */
export function Verdicts({ order, zone }: { order: string; zone: string }) {
  const list = useList('/v1/compliance/verdicts', { query: { subject: order } });
  return (
    <Part
      title={t('handling.law')}
      read={{ data: list.items, error: list.items ? null : list.error, refetch: list.again }}
    >
      {(verdicts) => (
        <>
          {verdicts.length === 0 && <p className="text-muted">{t('handling.law.none')}</p>}
          <ul className="divide-y divide-hairline">
            {verdicts.map((one) => (
              <li key={one.verdict} className="py-3 first:pt-0 last:pb-0">
                <One verdict={one} zone={zone} />
              </li>
            ))}
          </ul>
          <More list={list} />
        </>
      )}
    </Part>
  );
}

function One({ verdict, zone }: { verdict: Verdict; zone: string }) {
  const { allowed, reasons, minimum_age: age, rules } = verdict;
  return (
    <>
      <p className={`font-semibold ${allowed ? 'text-success' : 'text-danger'}`}>
        {t(allowed ? 'handling.allowed' : 'handling.notAllowed', { moment: word('moment', verdict.moment) })}
      </p>
      <ul className="my-1 space-y-1">
        {reasons.map((reason) => (
          <li key={`${reason.rule} ${reason.item} ${reason.detail}`}>
            <span className="font-medium">{word('rule', reason.rule)}</span>
            <span className="block text-sm">
              {reason.item && <bdi>{reason.item}: </bdi>}
              <InWords of={reasonOf(reason)} />
            </span>
          </li>
        ))}
      </ul>
      <p className="text-sm text-muted">
        <time dateTime={verdict.at}>{moment(verdict.at, zone)}</time>
        {age && <> · {t('handling.fromAge', { n: number(age) })}</>}
      </p>
      <p className="flex flex-wrap gap-x-3">
        {rules.map((one) => (
          <Rulebook key={one} name={one} />
        ))}
      </p>
      <Facts facts={verdict.facts as Facts} />
    </>
  );
}

/** What the law was told. */
interface Facts {
  of_age?: boolean | null;
  document_shown?: boolean;
  address_kind?: string | null;
  back_by?: string | null;
}

function Facts({ facts }: { facts: Facts }) {
  const said = [
    facts.of_age === true && t('handling.fact.ofAge'),
    facts.of_age === false && t('handling.fact.underAge'),
    facts.document_shown === true && t('handling.fact.document'),
    facts.address_kind && word('address', `kind.${facts.address_kind}`),
  ].filter((text): text is string => typeof text === 'string');
  if (said.length === 0) return null;
  return <p className="text-sm text-muted">{t('handling.facts', { facts: said.join(', ') })}</p>;
}
