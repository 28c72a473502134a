# shellcheck shell=sh
# Makes the folder of consoles.
path=$1
umask 022
mkdir -p "$path"
