import { Link } from '@tanstack/react-router';
import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { moment } from '@/lib/format.ts';
import { t } from '@/lib/messages.ts';
import { ifMatch, send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { Form } from '@/ui/form.tsx';
import { type Hands, Held } from '@/ui/held.tsx';
import { Deed } from '../deed.tsx';
import { RoleFields } from './role-fields.tsx';
import { picked, rolesOf } from './roles.ts';

/** What one may do about a person. */
export function Person({ person }: { person: Schema<'ListedPerson'> }) {
  const link = 'inline-flex min-h-11 items-center text-brand underline underline-offset-4';
  return (
    <section
      aria-label={t('people.about', { name: person.given_name })}
      className="grid gap-6 rounded-sm border border-hairline p-3 lg:grid-cols-2"
    >
      <div>
        <Held read={person} decided={({ roles }) => roles}>
          {(held, hands) => <Roles person={held} {...hands} />}
        </Held>
      </div>
      <div className="space-y-3">
        <p className="text-muted">{t('people.since', { time: moment(person.created_at) })}</p>
        <p className="flex flex-wrap gap-x-4">
          <Link to="/operator/audit" search={{ actor: person.person }} className={link}>
            {t('people.did')}
          </Link>
          <Link to="/operator/audit" search={{ subject: person.person }} className={link}>
            {t('people.undergone')}
          </Link>
        </p>
        <Blocking person={person} />
      </div>
    </section>
  );
}

type Listed = Schema<'ListedPerson'>;

function Roles({ person, over, done }: { person: Listed } & Hands<Listed>) {
  const [roles, setRoles] = useState(() => picked(person.roles));
  const set = useSending(
    () =>
      send('put', '/v1/accounts/people/{person}/roles', {
        path: { person: person.person },
        header: ifMatch(over.version),
        body: { roles: rolesOf(roles) },
      }),
    done,
  );
  return (
    <Form
      send={() => set.mutate(undefined)}
      busy={set.isPending}
      failed={set.error}
      submit={t('people.setRoles')}
    >
      <RoleFields label={t('people.roles')} roles={roles} change={setRoles} />
    </Form>
  );
}

function Blocking({
  person: { person, blocked_at: at, blocked_why: why },
}: {
  person: Schema<'ListedPerson'>;
}) {
  const path = { person };
  if (!at) {
    return (
      <Deed
        open={t('people.block')}
        text={t('people.block.text')}
        submit={t('people.block.yes')}
        reason={{ label: t('operator.why'), most: 500 }}
        grave
        send={(reason) => send('post', '/v1/accounts/people/{person}/block', { path, body: { reason } })}
      />
    );
  }
  return (
    <>
      <p>
        {t('people.blockedSince', { time: moment(at) })} <bdi>{why}</bdi>
      </p>
      <Deed
        open={t('people.unblock')}
        submit={t('people.unblock')}
        text={t('people.unblock.text')}
        send={() => send('post', '/v1/accounts/people/{person}/unblock', { path })}
      />
    </>
  );
}
