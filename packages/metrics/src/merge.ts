/**
 * Joins Prometheus texts of several processes into one: the series of a metric stand together under its first HELP and
 * TYPE, as the format wants it. The processes' series must differ in a label, such as the thread's name; a series that
 * comes twice to the letter is kept once. OpenMetrics ends with `# EOF`, once, as each of its texts does; Prometheus text has
 * blank lines between metrics.
 */
export function mergeExpositions(texts: readonly string[]): string {
  const families = new Map<string, { head: string[]; series: Map<string, string> }>();
  for (const text of texts) {
    let family = { head: [] as string[], series: new Map<string, string>() };
    for (const line of text.split('\n')) {
      const comment = /^# (HELP|TYPE) (\S+)/.exec(line);
      if (comment !== null) {
        const name = comment[2] ?? '';
        const known = families.get(name) ?? { head: [], series: new Map<string, string>() };
        families.set(name, known);
        family = known;
        if (!known.head.some((head) => head.startsWith(`# ${comment[1]} `))) known.head.push(line);
      } else if (line !== '' && !line.startsWith('#')) {
        const series = line.slice(0, line.lastIndexOf(' '));
        if (!family.series.has(series)) family.series.set(series, line);
      }
    }
  }
  const openMetrics = texts.some((text) => text.endsWith('# EOF\n'));
  const blocks = [...families.values()].map(({ head, series }) => [...head, ...series.values()].join('\n'));
  return openMetrics ? `${blocks.join('\n')}\n# EOF\n` : `${blocks.join('\n\n')}\n`;
}
