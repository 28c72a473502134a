# shellcheck shell=sh
# holds FOLDER and pointer FOLDER look into the tree of the commit "$hash".
#
# The line that pointers of Git LFS begin with is in both; they are shorter than 1024 bytes (its specification, docs/spec.md).

# Whether the folder is there, or may be: what a link or a submodule leads to is not seen here.
holds() {
    at=; rest=$1
    while [ -n "$rest" ]; do
        at=$at${rest%%/*}
        case $(git ls-tree "$hash" -- "$at") in
            '040000 '*) ;;
            '120000 '*|'160000 '*) return 0 ;;
            *) return 1 ;;
        esac
        case $rest in */*) rest=${rest#*/}; at=$at/ ;; *) rest= ;; esac
    done
}
# Prints the first file in the folder that is a pointer of Git LFS.
pointer() {
    git grep -q 'filter=lfs' "$hash" -- ':(glob)**/.gitattributes' || return 0
    git --literal-pathspecs grep -z -l -I '^version https://git-lfs.github.com/spec/v1$' "$hash" ${1:+-- "$1"} | tr '\000' '\n' |
        while IFS= read -r file; do
            # Not a longer text that only shows such lines.
            [ "$(git cat-file -s "$file" 2>/dev/null || echo 1024)" -lt 1024 ] || continue
            [ "$(git cat-file blob "$file" | head -n 1)" = 'version https://git-lfs.github.com/spec/v1' ] || continue
            printf '%s\n' "${file#*:}"
            break
        done
}
