/** Forms: what was typed stays when the house says no, and what it says stands where it belongs. */
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { t } from '@/lib/messages.ts';
import { Failed } from '@/lib/network.ts';
import { ofField, type Sentence } from '@/lib/said.ts';
import { primary } from './button.ts';
import { Said } from './said.tsx';

const Problems = createContext<{ failed?: Error | null; form: string }>({ form: '' });

interface FormShown {
  /** What the fields say, by name. */
  send: (fields: Record<string, string>) => void;
  busy: boolean;
  failed?: Error | null;
  /** What the button says. */
  submit: string;
  children: ReactNode;
  className?: string;
}

export function Form({ send, busy, failed, submit, children, className }: FormShown) {
  const form = useId();
  const faulty = useRef<HTMLInputElement[]>([]);
  /** What has been put right is said no longer, whether it was typed or chosen. */
  const recheck = () => {
    faulty.current = faulty.current.filter((field) => !check(field));
  };
  useEffect(recheck);
  return (
    <form
      noValidate
      onInput={recheck}
      onSubmit={(event) => {
        event.preventDefault();
        if (busy) return;
        faulty.current = faults(event.currentTarget);
        faulty.current[0]?.focus();
        if (faulty.current.length > 0) return;
        const fields = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
        send(fields);
      }}
      className={`space-y-4 ${className ?? ''}`}
    >
      <Problems value={{ failed, form }}>
        {children}
        <Unplaced failed={failed} />
        <button type="submit" aria-busy={busy} className={primary}>
          {busy ? t('form.busy') : submit}
        </button>
      </Problems>
    </form>
  );
}

/** The fields at fault by the browser's own checks. */
function faults(form: HTMLFormElement): HTMLInputElement[] {
  const fields = [...form.elements].filter((one) => 'validity' in one) as HTMLInputElement[];
  return fields.filter((field) => !check(field));
}

/** Says it in the field's own place, or no longer. */
function check(field: HTMLInputElement): boolean {
  const { valid } = field.validity;
  const place = document.getElementById(`${field.id}-problem`);
  if (place) place.textContent = valid ? '' : reason(field);
  field.setAttribute('aria-invalid', String(!valid));
  return valid;
}

function reason({ validity, minLength }: HTMLInputElement): string {
  if (validity.valueMissing) return t('form.missing');
  if (validity.tooShort) return t('form.short', { n: minLength });
  if (validity.typeMismatch) return t('form.mismatch');
  return t('form.wrong');
}

/** What the house says of the whole, or of a field that is not here; what stands at its field is only heard here. */
function Unplaced({ failed }: { failed?: Error | null }) {
  const place = useRef<HTMLParagraphElement>(null);
  const [placed, setPlaced] = useState(false);
  useLayoutEffect(() => {
    if (!failed) return;
    const faulty = fieldsAtFault(place.current?.closest('form'), failed);
    setPlaced(faulty.length > 0 && faulty.every(Boolean));
    (faulty.find(Boolean) ?? place.current)?.focus();
  }, [failed]);
  return (
    <p
      ref={place}
      role="alert"
      tabIndex={-1}
      className={failed && !placed ? 'rounded-sm bg-accent-soft p-3 text-danger' : 'sr-only'}
    >
      {failed && ((placed && (failed as Failed).words?.placed) || <Said of={failed} />)}
    </p>
  );
}

/** The fields that the house says something of, each where it stands in the form and can show that. */
function fieldsAtFault(form: HTMLFormElement | null | undefined, failed: Error): (HTMLElement | undefined)[] {
  if (!(failed instanceof Failed)) return [];
  const { field, errors } = failed.problem;
  const names = errors?.map((one) => one.field) ?? (field ? [field] : []);
  return names.map((name) => {
    const found = form?.elements.namedItem(name);
    return found instanceof HTMLElement && document.getElementById(`${found.id}-problem`) ? found : undefined;
  });
}

/** What the house says of this field. */
function useFault(name: string) {
  const { failed } = useContext(Problems);
  return failed instanceof Failed ? ofField(failed, name) : undefined;
}

/** Its words stand in the element itself, where the browser's own checks put theirs. */
function Fault({ id, fault }: { id: string; fault?: Sentence }) {
  const theirs = fault?.foreign ? { lang: 'en', dir: 'auto' } : {};
  return (
    <p id={id} {...theirs} className="mt-1 text-sm font-medium text-danger empty:hidden">
      {fault?.text}
    </p>
  );
}

interface FieldShown extends React.InputHTMLAttributes<HTMLInputElement> {
  name: string;
  label: string;
  hint?: string;
}

const box =
  'block h-11 w-full rounded-sm border border-control bg-bg px-3 [&[type=file]]:py-2 [&[type=file]]:text-sm';

export function Field({ label, hint, ...input }: FieldShown) {
  const { form } = useContext(Problems);
  const id = `${form}-${input.name}`;
  const fault = useFault(input.name);
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      <input
        {...input}
        id={id}
        aria-invalid={fault ? true : undefined}
        aria-describedby={`${id}-hint ${id}-problem`}
        className={box}
      />
      <p id={`${id}-hint`} className="mt-1 text-sm text-muted empty:hidden">
        {hint}
      </p>
      <Fault id={`${id}-problem`} fault={fault} />
    </div>
  );
}

interface WordsShown extends React.TextareaHTMLAttributes<HTMLTextAreaElement> {
  name: string;
  label: string;
  hint?: string;
}

/** More than a line. */
export function Words({ label, hint, ...words }: WordsShown) {
  const { form } = useContext(Problems);
  const id = `${form}-${words.name}`;
  const fault = useFault(words.name);
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      <textarea
        rows={4}
        {...words}
        id={id}
        aria-invalid={fault ? true : undefined}
        aria-describedby={`${id}-hint ${id}-problem`}
        className="block w-full rounded-sm border border-control bg-bg p-3"
      />
      <p id={`${id}-hint`} className="text-sm text-muted empty:hidden">
        {hint}
      </p>
      <Fault id={`${id}-problem`} fault={fault} />
    </div>
  );
}

interface ChoiceShown extends React.SelectHTMLAttributes<HTMLSelectElement> {
  name: string;
  label: string;
  choices: [value: string, label: string][];
}

export function Choice({ label, choices, ...select }: ChoiceShown) {
  const { form } = useContext(Problems);
  const id = `${form}-${select.name}`;
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      <select {...select} id={id} className={box}>
        {choices.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
