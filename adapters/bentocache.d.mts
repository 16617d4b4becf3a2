// The types of the driver for `import`: the same declarations as for `require`.
// What must not live here: declarations of its own.

export { bentocacheDriver } from './bentocache.js'
export type {
  BentocacheDriver,
  BentocacheDriverConfig,
  BentocacheDriverOptions,
  BentocacheLayer,
} from './bentocache.js'
