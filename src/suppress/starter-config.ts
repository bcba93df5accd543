/** What `unleak config init` writes: every key, commented out, with what it does. */
export const STARTER_CONFIG = `# yaml-language-server: $schema=./node_modules/unleak/docs/config.schema.json
# unleak's configuration. Everything is optional; unleak config check reads it, unleak config show tells what is in force.

# Leave out findings below this confidence: low, medium or high.
# min-confidence: medium

# Paths that are left out: as in .gitignore, without negation.
# exclude: [vendor/, "*.min.js"]

# Larger files are not read, and the report says so.
# max-file-size: 10MB

# Rules that are not run, and severities that differ here.
# rules-off: [generic-password]
# severity:
#   jwt: low

# Settings for some paths.
# paths:
#   - match: [test/, "**/*.fixture.*"]
#     min-confidence: high

# Narrow allowances. Better for one place: a comment, unleak:allow RULE -- reason.
# allow:
#   - path: docs/example.env
#     secret-pattern: ^example-
#     reason: shown in the manual

# Own rules: files, or rules written here.
# rules: [unleak-rules/*.yaml]

# Other tools' allow comments and lists of accepted findings.
# read-foreign-tags: [gitleaks, detect-secrets]
# read-foreign-baselines: [.gitleaksignore, .secrets.baseline]

# What verification may ask.
# verify:
#   deny-accounts: ["123456789012"]
`;
