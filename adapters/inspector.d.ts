// The types of the page on which one looks into caches. What must not live here: what other adapters need as well.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ObservedCache } from './measures.js'

/**
 * What {@link createInspector} is told.
 *
 * @example
 * ```ts
 * const options: InspectorOptions = {
 *   caches: { sessions, users },
 *   authorize: (request) => isAdmin(request.headers.cookie),
 * }
 * ```
 */
export type InspectorOptions<Request extends IncomingMessage = IncomingMessage> = {
  /** The caches, not views of them, by the names that the page shows. Required. Example: `{ caches: { users } }`. */
  caches: Record<string, ObservedCache>
  /**
   * Who may look: only a request for which it returns `true`, or a promise of it, is answered; if it throws or rejects, none
   * is, and while its promise is pending the request waits. A stream of figures is authorized anew every five minutes. Default: requests of this machine alone, by the address of the
   * socket and the header `Host`, and none that came through a proxy.
   * Example: `{ authorize: (request) => isAdmin(request.headers.cookie) }`.
   */
  authorize?: (request: Request) => boolean | Promise<boolean>
  /** Whether the page shows values, as `util.inspect` does. Default: `false`. Example: `{ showValues: true }`. */
  showValues?: boolean
  /** Whether the page can delete entries and clear caches. Default: `false`. Example: `{ allowChanges: true }`. */
  allowChanges?: boolean
  /**
   * What comes before the paths of the page in the URLs that the handler sees. Express takes away what the handler is mounted
   * at. Default: `''`. Example: `{ path: '/caches' }`.
   */
  path?: string
}

/**
 * What {@link createInspector} returns.
 *
 * @example
 * ```ts
 * const inspector: Inspector = createInspector({ caches })
 * createServer(inspector).listen(9229, '127.0.0.1')
 * ```
 */
export interface Inspector<Request extends IncomingMessage = IncomingMessage> {
  /**
   * Answers a request, also one for what is not there.
   *
   * @returns A promise that never rejects: that the request is answered or, of the stream of figures, that it has begun.
   * @example
   * ```ts
   * app.use('/caches', inspector)
   * ```
   */
  (request: Request, response: ServerResponse): Promise<void>
  /**
   * Ends the streams of pages that are open, for which `server.close` would wait, and answers 503 from then on.
   *
   * @example
   * ```ts
   * process.once('SIGTERM', () => {
   *   inspector.close()
   *   server.close()
   * })
   * ```
   */
  close(): void
}

/**
 * Makes a page that shows what caches do and hold: their figures as they change, the lifetimes that entries have left, and single
 * entries that are looked for by pattern. Nothing is done until somebody opens it.
 *
 * @returns A handler for `node:http`, Express and Fastify.
 * @throws {CacheConfigError} If an option is missing or of the wrong type, or a cache is none, or a view of one.
 * @example
 * ```ts
 * app.use('/caches', createInspector({ caches: { sessions, users } }))
 * ```
 */
export declare function createInspector<Request extends IncomingMessage = IncomingMessage>(
  options: InspectorOptions<Request>,
): Inspector<Request>
