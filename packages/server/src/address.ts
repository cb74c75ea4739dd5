/** Whether a text is an IPv4 address in four decimal numbers, or an IPv6 address (RFC 4291, section 2.2) without a zone. */
export function isIpAddress(text: string): boolean {
  return isIpv4(text) || isIpv6(text);
}

function isIpv4(text: string): boolean {
  const numbers = text.split('.');
  return (
    numbers.length === 4 && numbers.every((each) => /^(0|[1-9]\d{0,2})$/.test(each) && Number(each) <= 255)
  );
}

function isIpv6(text: string): boolean {
  const [before = '', after, ...more] = text.split('::');
  if (more.length > 0) return false;
  const groups = [before, after ?? ''].flatMap((part) => (part === '' ? [] : part.split(':')));
  // The last 32 bits may stand there as an IPv4 address.
  const tail = isIpv4((after ?? before).split(':').at(-1) ?? '') ? groups.pop() : undefined;
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  const length = groups.length + (tail === undefined ? 0 : 2);
  return after === undefined ? length === 8 : length < 8;
}

/** An address as it stands in a URL: that of IPv6 in brackets. */
export function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
