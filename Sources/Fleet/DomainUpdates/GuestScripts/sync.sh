# shellcheck shell=sh
# Writes out what file systems have not written yet.

sync
