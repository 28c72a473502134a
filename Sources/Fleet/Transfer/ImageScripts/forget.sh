# shellcheck shell=sh
# Takes what is known of an image that was deleted from the records in the folder, and what is left of its recipe.
folder=$1 path=$2
. ./set-record.sh
for record in digests origins; do setRecord "$folder" "$record" "$path" '' || exit 1; done
rm -rf -- "$folder/recipes/${path##*/}"
