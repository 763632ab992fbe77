import { getRouteApi, Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { type ReactNode, useState } from 'react';
import { moment } from '@/lib/format.ts';
import { t, word } from '@/lib/messages.ts';
import { secondary } from '@/ui/button.ts';
import { Empty } from '@/ui/empty.tsx';
import { ProblemPage } from '@/ui/problem.tsx';
import { Select } from '@/ui/select.tsx';
import { More, useList } from '../list.tsx';
import { useName } from '../named.ts';
import { asRoles, told } from '../people/roles.ts';
import type { Traced } from '../people/route.ts';
import { Cell, ComingRows, Row, Table } from '../table.tsx';
import { ACTIONS } from './actions.ts';

const route = getRouteApi('/operator/audit');

/** Who did what to whom, the newest first. */
export function Page(): React.ReactNode {
  const { actor, subject, action } = route.useSearch();
  // Everybody is asked about one by one: only where somebody wants to know.
  const [named, name] = useState(false);
  const list = useList('/v1/accounts/audit', { query: { actor, subject, action, limit: 50 } });
  if (list.error && !list.items) return <ProblemPage error={list.error} again={list.again} />;
  return (
    <>
      <h1>{t('audit.title')}</h1>
      <Filters traced={{ actor, subject, action }}>
        {!named && list.items && list.items.length > 0 && (
          <button type="button" onClick={() => name(true)} className={secondary}>
            {t('audit.name')}
          </button>
        )}
      </Filters>
      {list.items?.length === 0 ? (
        <Empty title={t('audit.none')} text={t('audit.none.text')} />
      ) : (
        <Table
          caption={t('audit.title')}
          columns={[
            { name: t('audit.at') },
            { name: t('audit.action') },
            { name: t('audit.actor') },
            { name: t('audit.subject') },
            { name: t('audit.facts') },
          ]}
        >
          {list.items?.map((one) => <Entry key={one.entry} entry={one} named={named} />) ?? (
            <ComingRows columns={5} />
          )}
        </Table>
      )}
      <More list={list} />
    </>
  );
}

function Filters({ traced, children }: { traced: Traced; children: ReactNode }) {
  const one = traced.actor ?? traced.subject;
  const name = useName(one);
  const navigate = route.useNavigate();
  // Services tell the names of their own operations, of which there are many.
  const known: string[] = [...ACTIONS];
  if (traced.action && !known.includes(traced.action)) known.push(traced.action);
  return (
    <div className="mt-4 flex flex-wrap items-center gap-x-6 gap-y-2">
      <Select
        name={t('audit.action')}
        value={traced.action ?? ''}
        choices={[['', t('operator.state.any')], ...known.map((one) => [one, word('action', one)] as const)]}
        choose={(action) => navigate({ search: (was) => ({ ...was, action: action || undefined }) })}
      />
      {(traced.actor || traced.subject) && (
        <>
          <p>
            {t(traced.actor ? 'audit.only.actor' : 'audit.only.subject')}{' '}
            {name ? (
              <bdi className="font-semibold">{name}</bdi>
            ) : (
              <bdi className="font-mono text-sm">{one}</bdi>
            )}
          </p>
          <Link to="/operator/audit" search={{ action: traced.action }} className={secondary}>
            {t('audit.everybody')}
          </Link>
        </>
      )}
      {children}
    </div>
  );
}

interface EntryShown {
  entry: Schema<'AccountsPage_Entry'>['items'][number];
  named: boolean;
}

function Entry({ entry, named }: EntryShown) {
  return (
    <Row>
      <Cell>
        <time dateTime={entry.at}>{moment(entry.at)}</time>
      </Cell>
      <Cell name={t('audit.action')}>
        <Link
          to="/operator/audit"
          search={(was) => ({ ...was, action: entry.action })}
          className="underline underline-offset-4"
        >
          {word('action', entry.action)}
        </Link>
      </Cell>
      <Cell name={t('audit.actor')}>
        {entry.actor ? <Who id={entry.actor} as="actor" named={named} /> : t('audit.house')}
      </Cell>
      <Cell name={t('audit.subject')}>
        {entry.subject ? <Who id={entry.subject} as="subject" named={named} /> : '–'}
      </Cell>
      <Cell name={t('audit.facts')}>
        <Facts facts={entry.facts as Record<string, unknown>} />
      </Cell>
    </Row>
  );
}

/** The last of an id tells more than its beginning, which is a time. */
function Who({ id, as, named }: { id: string; as: 'actor' | 'subject'; named: boolean }) {
  const name = useName(id, named);
  return (
    <Link to="/operator/audit" search={{ [as]: id }} title={id} className="underline underline-offset-4">
      {name ? <bdi>{name}</bdi> : <bdi className="font-mono text-sm">…{id.slice(-8)}</bdi>}
    </Link>
  );
}

function Facts({ facts }: { facts: Record<string, unknown> }) {
  return (
    <ul dir="ltr" className="text-sm">
      {Object.entries(facts).map(([name, value]) => (
        <li key={name} className="rtl:text-end">
          <span className="text-muted">{name}:</span> <Fact value={value} />
        </li>
      ))}
    </ul>
  );
}

/** Roles by their names, with the ends of the ids that they are for; anything else as it was written down. */
function Fact({ value }: { value: unknown }) {
  const roles = asRoles(value);
  if (roles) return <bdi dir="auto">{roles.map(told).join(', ') || '–'}</bdi>;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
