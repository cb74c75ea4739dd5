/** The k6 this project measures with; `go.mod` pins the same one, and a test holds them together. */
export const K6_VERSION = '2.2.0';

/** The version in the first line of `k6 version` (`k6 v2.2.0 (go1.26.8, linux/amd64)`), or undefined when it has none. */
export function parseK6Version(output: string): string | undefined {
  return /^k6(?:\.exe)? v(\d+\.\d+\.\d+\S*)/m.exec(output)?.[1];
}
