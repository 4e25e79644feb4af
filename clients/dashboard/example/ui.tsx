import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState, type FormEvent, type ReactNode } from 'react';

export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current!;
    if (!element.open) element.showModal();
  }, []);
  return <dialog ref={dialog} aria-label={title} onClose={onClose}><h2>{title}</h2>{children}</dialog>;
}

export interface Field {
  name: string;
  label: string;
  type?: 'text' | 'email' | 'number' | 'password';
  required?: boolean;
  initial?: string | number | null;
  placeholder?: string;
  /** Value and what it is called. */
  options?: readonly (readonly [string, string])[];
}

export type Values = Record<string, string>;

interface FormProps {
  title: string;
  fields: readonly Field[];
  submit: string;
  /** The form stays when it fails; why is said in a toast. */
  onSubmit: (values: Values) => Promise<unknown>;
  onClose: () => void;
}

export function FormDialog({ title, fields, submit, onSubmit, onClose }: FormProps) {
  const [busy, setBusy] = useState(false);
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    try {
      await onSubmit(Object.fromEntries(new FormData(event.currentTarget)) as Values);
      onClose();
    } catch {
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void send(event)}>
        {fields.map((field) => <FieldRow key={field.name} {...field} />)}
        <Buttons>
          <button type="button" onClick={onClose}>Annuler</button>
          <button className="primary" disabled={busy}>{busy ? 'Envoi…' : submit}</button>
        </Buttons>
      </form>
    </Dialog>
  );
}

function FieldRow({ name, label, type = 'text', required, initial, placeholder, options }: Field) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {options
        ? <select id={id} name={name} defaultValue={initial ?? undefined}>{options.map(([value, text]) => <option key={value} value={value}>{text}</option>)}</select>
        : <input id={id} name={name} type={type} required={required} defaultValue={initial ?? ''} placeholder={placeholder} autoComplete="off" />}
    </div>
  );
}

interface ConfirmProps {
  title: string;
  children: ReactNode;
  confirm: string;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm({ title, children, confirm, onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{children}</p>
      <Buttons>
        <button onClick={onClose}>Annuler</button>
        <button className="danger" onClick={() => { onConfirm(); onClose(); }}>{confirm}</button>
      </Buttons>
    </Dialog>
  );
}

export const Buttons = ({ children }: { children: ReactNode }) => <div className="buttons">{children}</div>;

export type Tone = 'good' | 'wait' | 'bad' | 'quiet';

export const Pill = ({ tone, children }: { tone: Tone; children: ReactNode }) => <span className={`pill ${tone}`}>{children}</span>;

/** A query as people see it: loading, failed, empty, there; what was read before stays while the server is silent. */
export function Shown<T>({ query, empty, children }: { query: UseQueryResult<T, Error>; empty?: string; children: (data: T) => ReactNode }) {
  const { data, error } = query;
  return (
    <>
      {error && <p className="failure" role="alert">{error.message}</p>}
      {data === undefined && !error && <p className="muted">Chargement…</p>}
      {data !== undefined && (Array.isArray(data) && data.length === 0 && empty ? <p className="muted">{empty}</p> : children(data))}
    </>
  );
}

const moment = new Intl.DateTimeFormat('fr', { dateStyle: 'short', timeStyle: 'short' });

export const Moment = ({ at }: { at: string }) => <time dateTime={at}>{moment.format(new Date(at))}</time>;
