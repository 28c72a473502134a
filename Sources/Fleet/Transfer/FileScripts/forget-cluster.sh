# shellcheck shell=sh
# Deletes the mirrors of repositories, packages that were on their way and the keys of guests in a cluster's folder.
folder=$1
rm -rf -- "$folder/git" "$folder/keys" "$folder/packages"
