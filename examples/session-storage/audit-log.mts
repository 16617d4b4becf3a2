// The audit log that the session hooks write to.
// Lives here: the form of a line. What is worth a line belongs in sessions.mts.

export const auditLog = {
  info(message: string, fields: Record<string, unknown>): void {
    const pairs = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`)
    console.log(`  audit: ${message}  ${pairs.join(' ')}`)
  },
}
