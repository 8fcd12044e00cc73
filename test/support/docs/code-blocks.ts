import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A fenced block of a page. */
export interface CodeBlock {
  /** The page's name without its ending. */
  page: string;
  /** Of its first line of code in the page, counted from 1. */
  line: number;
  /** What its first line says that it is called, as in `// main.ts`. */
  name: string | undefined;
  code: string;
}

/** All blocks of one language in the pages of a folder, in their order. */
export function codeBlocks(folder: string, language: string): CodeBlock[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .sort()
    .flatMap((file) =>
      blocksOf(file.slice(0, -'.md'.length), readFileSync(join(folder, file), 'utf8'), language),
    );
}

function blocksOf(page: string, text: string, language: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { language: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^ *```(\w*)/.exec(line);
    if (!fence) open?.lines.push(line);
    else if (!open) open = { language: fence[1] as string, line: index + 2, lines: [] };
    else {
      const code = open.lines.join('\n');
      if (open.language === language) blocks.push({ page, line: open.line, name: nameOf(code), code });
      open = undefined;
    }
  }
  return blocks;
}

function nameOf(code: string): string | undefined {
  return /^\/\/ ([\w./-]+\.ts)\b/.exec(code)?.[1];
}
