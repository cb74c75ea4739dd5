import { createHash } from 'node:crypto';

/** Of a text's UTF-8, in base64, as a Content-Security-Policy has it. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
