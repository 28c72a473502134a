# shellcheck shell=sh
# Prints who the user is.

id -un
