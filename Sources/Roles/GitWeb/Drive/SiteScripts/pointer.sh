# shellcheck shell=sh
# pointer FOLDER prints the first file below it that is a pointer of Git LFS: a build may have fetched what it stands for.
#
# The pointers begin with this line (its specification, docs/spec.md).

pointer() {
    find "$1" -type f -size -3 -exec grep -ls '^version https://git-lfs.github.com/spec/v1$' {} + |
        while IFS= read -r file; do
            [ "$(head -n 1 "$file" 2>/dev/null)" = 'version https://git-lfs.github.com/spec/v1' ] || continue
            printf '%s\n' "${file#"$1"/}"
            break
        done
}
