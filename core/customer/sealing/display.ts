/** One spelling of a phone number: digits alone, without the country code of mainland China. */
export function normalisePhone(phone: string): string {
  const digits = phone.normalize('NFKC').replace(/[^\d+]/g, '');
  return digits.replace(/^(\+|00)86(?=1\d{10}$)/, '').replace(/^86(?=1\d{10}$)/, '');
}

/** One spelling of a name: width, case and spacing do not tell people apart. */
export function normaliseName(name: string): string {
  const plain = name.normalize('NFKC').trim().toLowerCase();
  return plain.replace(/\s+/g, isHan(plain) ? '' : ' ');
}

/** 王小宁 → 王*宁, 王宁 → 王*, Jane Smith → J*** S****: enough for a client to recognise, not for a stranger to learn. */
export function maskName(name: string): string {
  const plain = name.normalize('NFKC').trim();
  if (!isHan(plain)) return plain.split(/\s+/).map(maskWord).join(' ');
  const letters = [...plain];
  if (letters.length <= 2) return maskWord(plain);
  return `${letters[0]}${'*'.repeat(letters.length - 2)}${letters.at(-1)}`;
}

/** 13812341234 → 138****1234; other numbers keep their last four digits, short ones none. */
export function maskPhone(phone: string): string {
  const digits = normalisePhone(phone);
  if (/^1\d{10}$/.test(digits)) return `${digits.slice(0, 3)}****${digits.slice(-4)}`;
  return digits.length >= 8 ? `****${digits.slice(-4)}` : '****';
}

function maskWord(word: string): string {
  const letters = [...word];
  return letters.length <= 1 ? '*' : `${letters[0]}${'*'.repeat(letters.length - 1)}`;
}

function isHan(text: string): boolean {
  return /^[\p{Script=Han}·\s]+$/u.test(text);
}
