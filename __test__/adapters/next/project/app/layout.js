// What every page is in. What must not live here: anything cached.
import { createElement as h } from 'react'

export default ({ children }) => h('html', null, h('body', null, children))
