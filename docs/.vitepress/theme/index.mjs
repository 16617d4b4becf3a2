// The look of the site: VitePress's own, with the styles beside this file.
import DefaultTheme from 'vitepress/theme'
// What a bundler makes of it is no value.
// oxlint-disable-next-line import/no-unassigned-import
import './site.css'

export default DefaultTheme
