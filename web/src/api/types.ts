/** Shorter names for what openapi-typescript made of `openapi.json`. */

import type { components, paths } from './schema'

export type Schemas = components['schemas']

type With<M extends string> = {
  [P in keyof paths]: paths[P] extends Record<M, object> ? P : never
}[keyof paths]

export type GetPath = With<'get'>

type Operation<P extends keyof paths, M extends 'get' | 'post'> = paths[P][M]
type Json<T> = T extends { content: { 'application/json': infer C } } ? C : never
type Success<T> = T extends { responses: infer R } ? { [K in keyof R]: K extends 200 | 201 ? Json<R[K]> : never }[keyof R] : never

export type Got<P extends GetPath> = Success<Operation<P, 'get'>>

type Parameters<T> = T extends { parameters: infer A } ? A : never
export type PathOf<T> = Parameters<T> extends { path: infer A } ? A : undefined
export type QueryOf<T> = Parameters<T> extends { query?: infer A } ? A : undefined
export type GetOperation<P extends GetPath> = Operation<P, 'get'>

/** Commands of a lot by name: `opening/object`. */
export type LotCommand = {
  [P in With<'post'>]: P extends `/lots/{lot_id}/${infer N}` ? N : never
}[With<'post'>]

type RequestOf<N extends LotCommand> =
  Operation<`/lots/{lot_id}/${N}` & keyof paths, 'post'> extends { requestBody: infer B } ? Json<B>
  : Operation<`/lots/{lot_id}/${N}` & keyof paths, 'post'> extends { requestBody?: infer B } ? Json<B>
  : never

/** Whether a command must be signed. */
export type Binding<N extends LotCommand> = RequestOf<N> extends { statement: unknown } ? true : false

/** A command's own fields, signed or not. */
export type BodyOf<N extends LotCommand> = RequestOf<N> extends { statement: { body: infer B } } ? B : RequestOf<N>
