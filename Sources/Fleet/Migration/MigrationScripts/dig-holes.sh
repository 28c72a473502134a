# shellcheck shell=sh
# Gives back what a file has as zeros and could have as holes, where the node can do that.
path=$1
fallocate --dig-holes -- "$path" 2>/dev/null
exit 0
