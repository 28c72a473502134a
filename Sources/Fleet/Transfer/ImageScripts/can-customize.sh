# shellcheck shell=sh
# Prints "missing" where the node has no virt-customize.
command -v virt-customize >/dev/null || echo missing
