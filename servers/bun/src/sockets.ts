/** What `ss -H -ltn` prints; null where there is no ss. */
export async function listSockets(): Promise<string | null> {
  if (Bun.which('ss') === null) return null;
  const child = Bun.spawn(['ss', '-H', '-ltn'], { stdin: 'ignore', stdout: 'pipe', stderr: 'ignore' });
  const text = await new Response(child.stdout).text();
  return (await child.exited) === 0 ? text : null;
}
