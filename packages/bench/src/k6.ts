import { describeMissingK6, type FoundK6, findK6, UnusableK6BinError } from '@acceptbench/k6/find';
import { CannotRunError } from './exitCodes.ts';

/** The k6 that runs, or the one message that says how to get it. @throws CannotRunError */
export async function requireK6(): Promise<FoundK6> {
  try {
    const k6 = await findK6();
    if (k6.state === 'found') return k6;
    throw new CannotRunError(describeMissingK6(k6));
  } catch (error) {
    if (error instanceof UnusableK6BinError) throw new CannotRunError(error.message, { cause: error });
    throw error;
  }
}
