import type { WorkResult } from './work.ts';

/**
 * The article's CPU work: format a string, add up its length, again and again. The loop allocates and formats,
 * so it shows the JavaScript engine more than the server around it.
 */
export function runFormat(iterations: number): WorkResult {
  let city = 'X';
  let count = 10;
  for (let index = 0; index < iterations; index += 1) {
    city = `Value: ${index}`;
    count += city.length;
  }
  return { street: '10 Downing Street', city, count };
}
