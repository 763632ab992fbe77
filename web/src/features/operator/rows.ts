/** A row of a form that can be taken out: its key stays the same when others go. */
export interface Row<Of> {
  key: string;
  /** What it says at first. */
  of?: Of;
}

export const row = <Of>(of?: Of): Row<Of> => ({ key: crypto.randomUUID(), of });
