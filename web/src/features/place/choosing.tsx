import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { addresses } from '@/features/account/requests.ts';
import { Whereabouts } from '@/features/account/whereabouts.tsx';
import { t } from '@/lib/messages.ts';
import { type ChosenPlace, choosePlace } from '@/lib/place.ts';
import { useSending } from '@/lib/sending.ts';
import { useSignedIn } from '@/lib/session.ts';
import { here } from '@/lib/whereabouts.ts';
import { quiet, secondary } from '@/ui/button.ts';
import { Field, Form } from '@/ui/form.tsx';

/** Where to: one of the visitor's addresses, where they are, or what they mark. */
export function Page({ done }: { done: () => void }): React.ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const signedIn = useSignedIn();
  const { data } = useQuery({ ...addresses, enabled: signedIn });
  const choose = (place: ChosenPlace) => {
    choosePlace(place);
    dialog.current?.close();
  };
  const [marking, setMarking] = useState(false);
  const find = useSending(here, (place) => choose({ ...place, label: t('place.here') }));
  return (
    <dialog
      ref={dialog}
      onClose={done}
      aria-labelledby="place-title"
      className="m-auto w-[min(28rem,calc(100%-2rem))] rounded-lg border border-hairline bg-surface p-6 text-ink"
    >
      <h2 id="place-title" className="text-xl">
        {t('place.ask')}
      </h2>
      <p className="mt-1 mb-4 text-muted">{t('place.text')}</p>
      <ul className="space-y-2">
        {data?.items.map((one) => (
          <li key={one.id}>
            <button
              type="button"
              onClick={() => choose({ ...one.place, label: one.address })}
              className="w-full rounded-sm border border-hairline p-3 text-start hover:border-control"
            >
              <span className="block font-medium">{one.label}</span>
              <bdi className="[overflow-wrap:anywhere]">{one.address}</bdi>
            </button>
          </li>
        ))}
      </ul>
      <div className="mt-4 flex flex-wrap items-center gap-3">
        <button
          type="button"
          aria-busy={find.isPending}
          onClick={() => find.mutate(undefined)}
          className={secondary}
        >
          {t('place.find')}
        </button>
        {!marking && (
          <button type="button" onClick={() => setMarking(true)} className={quiet}>
            {t('place.map')}
          </button>
        )}
        <button type="button" onClick={() => dialog.current?.close()} className={quiet}>
          {t('place.close')}
        </button>
      </div>
      {find.error && (
        <p role="alert" className="mt-2 text-danger">
          {t('address.here.failed')}
        </p>
      )}
      {marking && (
        <Form
          submit={t('place.take')}
          busy={false}
          send={({ address, lat, lon }) =>
            choose({ lat: Number(lat), lon: Number(lon), label: address?.trim() || t('place.marked') })
          }
          className="mt-4"
        >
          <Field
            name="address"
            label={t('address.address')}
            hint={t('place.street.hint')}
            autoComplete="street-address"
            maxLength={300}
          />
          <Whereabouts />
        </Form>
      )}
      {!signedIn && <p className="mt-4 text-sm text-muted">{t('place.signIn')}</p>}
    </dialog>
  );
}
