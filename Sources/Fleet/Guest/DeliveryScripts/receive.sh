# shellcheck shell=sh
# Keeps standard input, a bundle, on the node.
path=$1
umask 077
mkdir -p "${path%/*}" && cat >"$path"
