/** Bytes as `412 B` or `11.2 KB`; one KB is 1,024 bytes. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const kilobytes = bytes / 1024;
  return `${kilobytes < 100 ? kilobytes.toFixed(1) : Math.round(kilobytes).toLocaleString('en-US')} KB`;
}

/** A whole number with thousands separators, as both languages write it. */
export function numberText(value: number): string {
  return value.toLocaleString('en-US');
}
