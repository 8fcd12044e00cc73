interface Page {
  addEventListener?(type: 'pagehide', listener: () => void): void;
  removeEventListener?(type: 'pagehide', listener: () => void): void;
}

/** Calls `listener` when the page may go away for good, where there is a page. Returns what ends that. */
export function onPageHide(listener: () => void): () => void {
  const page = globalThis as Page;
  page.addEventListener?.('pagehide', listener);
  return () => page.removeEventListener?.('pagehide', listener);
}
