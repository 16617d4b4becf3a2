import { BaseDriver } from 'bentocache/drivers/base_driver'

class Driver extends BaseDriver {
  type = 'l1'
  constructor(config) {
    super(config)
    this.cache = config.cache
  }
  namespace(ns) {
    return new Driver({ ...this.config, prefix: this.createNamespacePrefix(ns) })
  }
  get(k) {
    return this.cache.get(this.getItemKey(k))
  }
  pull(k) {
    return this.cache.take(this.getItemKey(k))
  }
  set(k, v, ttl) {
    this.cache.set(this.getItemKey(k), v, ttl)
    return true
  }
  getRemainingTtl(k) {
    return this.cache.getRemainingTTL(this.getItemKey(k)) || undefined
  }
  clear() {
    this.cache.deleteByPrefix(this.prefix ? `${this.prefix}:` : '')
  }
  delete(k) {
    return this.cache.delete(this.getItemKey(k))
  }
  deleteMany(ks) {
    for (const k of ks) this.delete(k)
    return true
  }
  async disconnect() {}
}
export const l1Driver = (cache) => ({
  options: {},
  factory: (config) => new Driver({ ...config, cache }),
})
