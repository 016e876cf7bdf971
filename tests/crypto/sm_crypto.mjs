// The other side of test_gm_interop.py: the same formats with sm-crypto-v2. One JSON request on stdin, one answer on stdout.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [, , modules] = process.argv
const { sm2, sm3, sm4 } = createRequire(`${modules}/`)('sm-crypto-v2')
const asked = JSON.parse(readFileSync(0, 'utf8'))
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'))
const hex = (data) => Buffer.from(data).toString('hex')
const join = (...parts) => Uint8Array.from(Buffer.concat(parts))

/** HKDF-Expand (RFC 5869) with HMAC-SM3. */
function expand(key, info, length) {
  let [out, block] = [new Uint8Array(), new Uint8Array()]
  for (let n = 1; out.length < length; n++) {
    block = bytes(sm3(join(block, info, Uint8Array.of(n)), { key: hex(key) }))
    out = join(out, block)
  }
  return out.slice(0, length)
}

/** Key, commitment, and the nonce of chunk `n`. */
function derived(cek, salt, context) {
  const info = join(Buffer.from('c2sp.org/chunked-encryption@v1+AEAD_SM4_GCM\0'), salt, context)
  const okm = expand(cek, info, 60)
  const nonce = (n) => {
    const made = Buffer.from(okm.slice(16, 28))
    made.writeBigUInt64BE(made.readBigUInt64BE(4) ^ BigInt(n), 4)
    return hex(made)
  }
  return { key: hex(okm.slice(0, 16)), commitment: okm.slice(28), nonce }
}

function seal(cek, salt, context, plain) {
  const { key, commitment, nonce } = derived(cek, salt, context)
  const sealed = [salt, commitment]
  for (let n = 0; n * 16384 <= plain.length; n++) {
    const { output, tag } = sm4.encrypt(plain.slice(n * 16384, (n + 1) * 16384), key, {
      mode: 'gcm', iv: nonce(n), output: 'array', outputTag: true, padding: 'none',
    })
    sealed.push(Uint8Array.from(output), typeof tag === 'string' ? bytes(tag) : Uint8Array.from(tag))
  }
  return join(...sealed)
}

function open(cek, context, sealed) {
  const { key, commitment, nonce } = derived(cek, sealed.slice(0, 24), context)
  if (hex(commitment) !== hex(sealed.slice(24, 56))) throw new Error('commitment')
  const plain = []
  for (let n = 0, at = 56; at < sealed.length; n++, at += 16400) {
    const chunk = sealed.slice(at, at + 16400)
    plain.push(Uint8Array.from(sm4.decrypt(chunk.slice(0, -16), key, {
      mode: 'gcm', iv: nonce(n), output: 'array', tag: chunk.slice(-16), padding: 'none',
    })))
  }
  return join(...plain)
}

const DO = {
  wrap: ({ secret, public: key, info }) => sm2.doEncrypt(join(bytes(secret), bytes(sm3(bytes(info)))), `04${key}`, 1),
  unwrap: ({ wrapped, private: key }) => hex(sm2.doDecrypt(wrapped, key, 1, { output: 'array' })),
  public: ({ private: key }) => sm2.getPublicKeyFromPrivateKey(key),
  sign: ({ private: key, message }) => sm2.doSignature(bytes(message), key, { hash: true, der: true }),
  seal: ({ cek, salt, context, plain }) => hex(seal(bytes(cek), bytes(salt), bytes(context), bytes(plain))),
  open: ({ cek, context, sealed }) => hex(open(bytes(cek), bytes(context), bytes(sealed))),
}
process.stdout.write(JSON.stringify(DO[asked.do](asked)))
