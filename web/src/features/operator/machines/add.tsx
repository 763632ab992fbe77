import type { Schema } from '@tipple/api';
import { useState } from 'react';
import { t } from '@/lib/messages.ts';
import { send } from '@/lib/send.ts';
import { useSending } from '@/lib/sending.ts';
import { card } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';
import { RoleFields } from '../people/role-fields.tsx';
import { type Kind, type Picked, rolesOf } from '../people/roles.ts';

/** Customers and drivers are people. */
const KINDS: Kind[] = ['clerk', 'manager', 'vendor_owner', 'support', 'operator', 'auditor'];

export function Add({ made }: { made: (machine: Schema<'NewMachine'>) => void }) {
  const [roles, setRoles] = useState<Picked>({});
  const [round, setRound] = useState(0);
  const add = useSending(
    ({ name = '', scopes = '' }: Record<string, string>) =>
      send('post', '/v1/accounts/machines', {
        body: { name: name.trim(), roles: rolesOf(roles), scopes: scopes.split(/[\s,]+/).filter(Boolean) },
      }),
    (machine) => {
      made(machine);
      setRoles({});
      setRound(round + 1);
    },
  );
  return (
    <section aria-label={t('machines.add')} className={card}>
      <h2 className="mb-3 text-xl">{t('machines.add')}</h2>
      <Form key={round} send={add.mutate} busy={add.isPending} failed={add.error} submit={t('machines.add')}>
        <Field name="name" label={t('people.name')} maxLength={100} autoComplete="off" required />
        <RoleFields label={t('machines.roles')} roles={roles} change={setRoles} kinds={KINDS} />
        <Field
          name="scopes"
          label={t('machines.scopes')}
          hint={t('machines.scopes.hint')}
          autoComplete="off"
          required
        />
      </Form>
    </section>
  );
}
