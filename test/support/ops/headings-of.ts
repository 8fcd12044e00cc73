import { readFileSync } from 'node:fs';

const project = new URL('../../../', import.meta.url);

/** The headings of a page of the project, without their signs. */
export function headingsOf(page: string): string[] {
  const text = readFileSync(new URL(page, project), 'utf8').replace(/^```.*?^```/gms, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading as string);
}
