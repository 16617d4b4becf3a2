// Imports libraries as a project that has them installed does: this file is copied beside them.
export const load = (id) => import(id)
