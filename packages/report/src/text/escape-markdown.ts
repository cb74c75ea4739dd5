import { toPlain } from './plain.ts';

/**
 * Plain text as Markdown that shows just that text, on one line: in a paragraph, a list item, a table cell, or raw HTML's
 * content. What could be structure becomes a numeric character reference, which by CommonMark is never structure
 * (section 2.5, "Entity and numeric character references"), and which holds for HTML as well.
 */
export function escapeMarkdown(text: string): string {
  return toPlain(text)
    .replaceAll(/[&<>`|\\*_[\]~!#@$]|:(?=\/\/)|(?<=www)\./g, (character) => toReference(character))
    .replace(/^(?:[-+](?=[\s-]|$)|=|\d{1,9}(?=[.)](?:\s|$)))/, (start) =>
      [...start].map(toReference).join(''),
    );
}

/** A command as one line that a POSIX shell reads back into the same arguments (`$'…'` needs bash, ksh or zsh). */
export function quoteCommand(command: readonly string[]): string {
  return command.map(quoteArgument).join(' ');
}

/** Lines as a fenced code block that none of them can end. Control characters in them are dropped. */
export function fence(lines: readonly string[], language = ''): string[] {
  const shown = lines.map((line) => line.replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, ''));
  const longest = Math.max(
    2,
    ...shown.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)),
  );
  const mark = '`'.repeat(longest + 1);
  return [mark + language, ...shown, mark];
}

function quoteArgument(argument: string): string {
  if (/^[\w@%+=:,./-]+$/.test(argument)) return argument;
  if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(argument)) return `'${argument.replaceAll("'", "'\\''")}'`;
  const escaped = argument.replaceAll(/[\\'\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    if (character === '\\' || character === "'") return `\\${character}`;
    const code = character.codePointAt(0) ?? 0;
    return `\\U${code.toString(16).padStart(8, '0')}`;
  });
  return `$'${escaped}'`;
}

const toReference = (character: string) => `&#${character.codePointAt(0)};`;
