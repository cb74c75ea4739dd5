/** What Deno has and @types/deno leaves to the DOM's types. */
interface ImportMeta {
  readonly url: string;
}
