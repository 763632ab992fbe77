import { Component, type ReactNode } from 'react';
import { Unfetched } from '@/lib/lazily.ts';

interface Given {
  /** What stands there then; `again` tries once more, and `tried` says that somebody has. */
  instead: (again: () => void, tried: boolean) => ReactNode;
  children: ReactNode;
}

/** Where a part of the page could not be fetched or drawn, `instead` stands, and the rest goes on. */
export class Fails extends Component<Given, { failed?: unknown; tried: boolean }> {
  override state = { failed: undefined, tried: false };

  static getDerivedStateFromError(failed: unknown) {
    return { failed: failed ?? new Error() };
  }

  again = () => {
    const { failed }: { failed?: unknown } = this.state;
    if (failed instanceof Unfetched) failed.forget();
    this.setState({ failed: undefined, tried: true });
  };

  override render() {
    const { failed, tried } = this.state;
    return failed ? this.props.instead(this.again, tried) : this.props.children;
  }
}
