/** Longest text of a server or a user that a report repeats. */
const longest = 400;

/**
 * A text that came from a server or a user, made safe to print on one line: whitespace of any kind is one space, and what
 * steers a terminal, hides, or turns the direction of writing (C0, C1, format characters, lone surrogates) is gone.
 */
export function toPlain(text: string): string {
  return toPlainPart(text).trim();
}

/** The same for a part of a line: a space at its ends stays. */
export function toPlainPart(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, '');
}

/** As `toPlain`, and cut (with an ellipsis) when it is longer than a report should repeat. */
export function toPlainLine(text: string): string {
  const characters = [...toPlain(text)];
  return characters.length <= longest ? characters.join('') : `${characters.slice(0, longest).join('')}…`;
}

/** Lines of at most `width` characters, with `indent` before all but the first; a longer word is cut. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  let empty = true;
  for (const word of text.split(' ')) {
    let rest = [...word];
    const joint = empty ? '' : ' ';
    if (lengthOf(line) + joint.length + rest.length <= width) {
      line += joint + word;
      empty = false;
      continue;
    }
    if (!empty) {
      lines.push(line);
      line = indent;
    }
    while (lengthOf(line) + rest.length > width) {
      const room = Math.max(1, width - lengthOf(line));
      lines.push(line + rest.slice(0, room).join(''));
      rest = rest.slice(room);
      line = indent;
    }
    line += rest.join('');
    empty = false;
  }
  return [...lines, line];
}

/** Number of characters, as code points. */
export function lengthOf(text: string): number {
  return [...text].length;
}
