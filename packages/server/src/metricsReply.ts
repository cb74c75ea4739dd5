import type { PlainReply } from '@acceptbench/handler/routes';
import { createExposition, type ExpositionSource } from '@acceptbench/metrics/exposition';

/** `/metrics` on the server's own port: the text of the metrics port, without negotiation. */
export class OwnMetrics {
  readonly #source: ExpositionSource;
  #info: Readonly<Record<string, string>> = {};

  constructor(source: ExpositionSource) {
    this.#source = source;
  }

  /** The labels of the info metric, which are known when the server listens. */
  setInfo(info: Readonly<Record<string, string>>): void {
    this.#info = info;
  }

  async reply(): Promise<PlainReply> {
    const { contentType, text } = await createExposition({ ...this.#source, info: this.#info }).render(
      undefined,
    );
    return { status: 200, headers: { 'content-type': contentType }, body: text };
  }
}
