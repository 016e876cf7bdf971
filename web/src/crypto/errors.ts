/**
 * Everything that sealing, opening and signing can refuse on the device.
 *
 *     CryptoError
 *     ├── CanonicalError        bytes that are not the one canonical form of a value of the wanted shape
 *     ├── UnsupportedSuiteError a suite this program does not speak
 *     ├── KeyError              a key or recovery code that cannot be one
 *     ├── SealingError          what was handed over cannot be sealed
 *     │   ├── FormTooLongError  the opening form does not fit its fixed size
 *     │   ├── FileNameError     a file name no recipient should have to write to disk
 *     │   ├── FileChangedError  a chosen file is gone or was changed while it was read
 *     │   ├── FileTooLargeError a document of an application that the platform would not take
 *     │   └── StorageFullError  this device has no room for the sealed files
 *     ├── OpeningError          opening stopped; `layer` says which check, hence who has to answer for it
 *     ├── SignatureError        a statement, manifest, receipt or release is not signed by that key
 *     ├── SessionKeyError       the two offices' session keys do not fit together
 *     └── LogError              what should be proved by the verifiable log is not
 *         └── LogPolicyError    the log names another key, witnesses or quorum than this browser trusts
 *
 * No error carries key material. `code` is stable and names the text that people see. Each class says its `name` itself:
 * the built client renames classes.
 */

export type Layer =
  | 'manifest'
  | 'escrow'
  | 'root'
  | 'commitment'
  | 'aead'
  | 'padding'
  | 'container'
  | 'form'
  | 'release'
  | 'statement'
  | 'receipt'

export class CryptoError extends Error {
  override readonly name: string = 'CryptoError'
  readonly code: string = 'crypto'

  /** `detail` holds names, sizes and reasons, never key material. */
  constructor(readonly detail: Readonly<Record<string, string | number>> = {}) {
    super(Object.values(detail).join(', '))
  }
}

export class CanonicalError extends CryptoError {
  override readonly name: string = 'CanonicalError'
  override readonly code: string = 'canonical'

  /** `path` is the JSON path of the fault. */
  constructor(
    readonly reason: string,
    readonly path = '$',
  ) {
    super({ reason, path })
  }
}

export class UnsupportedSuiteError extends CryptoError {
  override readonly name: string = 'UnsupportedSuiteError'
  override readonly code: string = 'unsupported-suite'
}

export class KeyError extends CryptoError {
  override readonly name: string = 'KeyError'
  override readonly code: string = 'key-malformed'
}

export class SealingError extends CryptoError {
  override readonly name: string = 'SealingError'
  override readonly code: string = 'sealing'
}

export class FormTooLongError extends SealingError {
  override readonly name: string = 'FormTooLongError'
  override readonly code: string = 'form-too-long'

  /** Both in bytes. */
  constructor(found: number, limit: number) {
    super({ found, limit })
  }
}

export class FileNameError extends SealingError {
  override readonly name: string = 'FileNameError'
  override readonly code: string = 'file-name'

  constructor(
    readonly fileName: string,
    readonly reason: FileNameFault,
  ) {
    super({ name: fileName.slice(0, 120), reason })
  }
}

export type FileNameFault =
  | 'empty'
  | 'not-text'
  | 'too-long'
  | 'path-character'
  | 'invisible'
  | 'edge'
  | 'device'
  | 'not-nfc'
  | 'twice'
  | 'file-count'

export class FileChangedError extends SealingError {
  override readonly name: string = 'FileChangedError'
  override readonly code: string = 'file-changed'
}

export class FileTooLargeError extends SealingError {
  override readonly name: string = 'FileTooLargeError'
  override readonly code: string = 'file-too-large'

  /** `limit` in MiB. */
  constructor(name: string, limit: number) {
    super({ name, limit })
  }
}

export class StorageFullError extends SealingError {
  override readonly name: string = 'StorageFullError'
  override readonly code: string = 'storage-full'
}

export class OpeningError extends CryptoError {
  override readonly name: string = 'OpeningError'
  override readonly code: string = 'opening'

  constructor(
    readonly layer: Layer,
    readonly reason: string,
    readonly envelope = '',
  ) {
    super({ layer, reason, envelope })
  }
}

export class SignatureError extends CryptoError {
  override readonly name: string = 'SignatureError'
  override readonly code: string = 'signature'

  constructor(
    readonly label: string,
    readonly reason: string,
  ) {
    super({ label, reason })
  }
}

export class SessionKeyError extends CryptoError {
  override readonly name: string = 'SessionKeyError'
  override readonly code: string = 'session-keys'
}

export class LogError extends CryptoError {
  override readonly name: string = 'LogError'
  override readonly code: string = 'log'
}

export class LogPolicyError extends LogError {
  override readonly name: string = 'LogPolicyError'
  override readonly code: string = 'log-policy'
}
