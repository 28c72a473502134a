# shellcheck shell=sh
# Deletes the mirrors of repositories and the keys of guests in a cluster's folder.
folder=$1
rm -rf -- "$folder/git" "$folder/keys"
