/** As much of a response as is asked for: the same on every runtime. */
export interface TextResponse {
  readonly ok: boolean;
  readonly status: number;
  text(): Promise<string>;
}

/** The body of a response. @throws Error when its status is none of success: what then came is no answer */
export async function textOf(response: TextResponse): Promise<string> {
  if (!response.ok) throw new Error(`status ${response.status}`);
  return await response.text();
}
