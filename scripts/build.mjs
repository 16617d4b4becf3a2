// `npm run build`: the release addon, and nothing else.
// Lives here: that command. How the addon is built belongs in setup.mjs.
import { setUpOrStop } from './setup.mjs'

await setUpOrStop({ alwaysBuild: true })
