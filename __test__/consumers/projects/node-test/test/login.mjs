// How a worker thread comes to run TypeScript: tsx does not reach into threads by itself.
import { tsImport } from 'tsx/esm/api'

await tsImport('./login.ts', import.meta.url)
