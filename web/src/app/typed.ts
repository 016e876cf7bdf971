/** What people type into a field, read as they mean it: full-width signs, blanks that came along when it was pasted. */

/** Full-width forms alone: NFKC would also read 10² as 102. */
export function halfWidth(typed: string): string {
  return typed.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
}

/** Without its blanks, wherever they are: a code is copied out of a table as `9111 0000 …`. */
export function unspaced(typed: string): string {
  return halfWidth(typed).replace(/\s/g, '')
}

/** A whole number from zero up, of nine digits at most; null for anything else. */
export function wholeNumber(typed: string): number | null {
  const text = unspaced(typed)
  return /^\d{1,9}$/.test(text) ? Number(text) : null
}

/** A 统一社会信用代码 as it is sent. */
export function creditCode(typed: string): string {
  return unspaced(typed).toUpperCase()
}

/** GB 32100-2015: no I O S V Z. */
const SIGNS = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const CREDIT_CODE = new RegExp(`^[${SIGNS}]{18}$`)

export function isCreditCode(code: string): boolean {
  return CREDIT_CODE.test(code)
}

/** R-CODE-01, R-CODE-02: a check character of this code does not fit, and the authority's proof will be asked for. */
export function isDoubtful(code: string): boolean {
  return isCreditCode(code) && (code[17] !== checkOf(code) || code[16] !== organisationCheckOf(code))
}

/** GB 32100: weights 3^i mod 31. */
function checkOf(code: string): string | undefined {
  let weight = 1
  let sum = 0
  for (const sign of code.slice(0, 17)) {
    sum += SIGNS.indexOf(sign) * weight
    weight = (weight * 3) % SIGNS.length
  }
  return SIGNS[(SIGNS.length - (sum % SIGNS.length)) % SIGNS.length]
}

/** GB 11714, of the organisation's own part: A is 10, Z is 35. */
const WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2] as const
function organisationCheckOf(code: string): string {
  const sum = WEIGHTS.reduce((sofar, weight, at) => sofar + weight * parseInt(code[8 + at] ?? '0', 36), 0)
  return '0123456789X0'[11 - (sum % 11)] ?? ''
}
