/** What `ss -H -ltn` prints; null where there is no ss, or no permission to run it. */
export async function listSockets(): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command('ss', {
      args: ['-H', '-ltn'],
      stderr: 'null',
    }).output();
    return success ? new TextDecoder().decode(stdout) : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) return null;
    throw error;
  }
}
