import { Component, type ReactNode } from 'react';

/** Where a part of the page could not be fetched or drawn, `instead` stands, and the rest goes on. */
export class Fails extends Component<{ instead: ReactNode; children: ReactNode }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? this.props.instead : this.props.children;
  }
}
