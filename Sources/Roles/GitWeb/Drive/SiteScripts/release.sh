# shellcheck shell=sh
# Takes in the bundle in private/incoming and makes the folder of a commit.
#
# name: the folder's name; path: the path served; limit: seconds for the build; parts: how many submodules. After these come
# folder and commit of each submodule, then the commands of the build. Prints what somebody should know. What is there
# already is left as it is.
role=$1 commit=$2 name=$3 path=$4 limit=$5 parts=$6
shift 6
. ./begin.sh
. ./pointer.sh
making=$base/making
if [ -f "$base/private/incoming" ]; then
    git --git-dir="$base/repo.git" fetch -q "$base/private/incoming" '+refs/kvmctl/*:refs/kvmctl/*' || exit 1
    rm -f "$base/private/incoming"
fi
if [ -d "$base/releases/$name" ]; then
    [ -f "$base/releases/$name/$path/index.html" ] && exit 0
    rm -rf "$base/releases/$name"
fi
systemctl stop "kvmctl-build-$role.service" 2>/dev/null
rm -rf "$making" && mkdir "$making" || exit 1
GIT_DIR=$base/repo.git; GIT_INDEX_FILE=$base/private/index; export GIT_DIR GIT_INDEX_FILE
# checkout COMMIT FOLDER
checkout() {
    rm -f "$GIT_INDEX_FILE"
    mkdir -p "$2" && git read-tree "$1" && GIT_WORK_TREE=$2 git -C "$2" checkout-index -a -f
}
checkout "$commit" "$making" || exit 1
while [ "$parts" -gt 0 ]; do
    # No way out of the folder through a link that the repository holds.
    case $(readlink -m "$making/$1")/ in "$making"/*) ;; *) echo "the submodule $1 lies outside" >&2; exit 1 ;; esac
    checkout "$2" "$making/$1" || exit 1
    shift 2; parts=$((parts - 1))
done
unset GIT_DIR GIT_INDEX_FILE
find "$making" -name .git -prune -exec rm -rf {} +
chown -hR kvmctl-build:kvmctl-build "$making" || exit 1
start=$(date +%s)
for command; do
    left=$((limit - $(date +%s) + start)); [ "$left" -gt 0 ] || left=1
    # From a file: systemd puts variables of its own into arguments, and halves each $$.
    printf '%s\n' "$command" >"$base/command" || exit 1
    systemd-run --quiet --wait --collect --pipe --unit="kvmctl-build-$role" \
        -p User=kvmctl-build -p Group=kvmctl-build -p WorkingDirectory="$making" -p RuntimeMaxSec="$left" \
        -p NoNewPrivileges=yes -p PrivateTmp=yes -p PrivateDevices=yes -p ProtectHome=yes \
        -p ProtectSystem=strict -p ReadWritePaths="$making" -p InaccessiblePaths="$base/private" \
        -p UMask=0022 -E HOME=/tmp -E PATH=/usr/local/bin:/usr/bin:/bin -E LC_ALL=C.UTF-8 \
        sh "$base/command" </dev/null >"$base/private/build.log" 2>&1
    code=$?
    rm -f "$base/command"
    [ $code = 0 ] && continue
    tail -c 4000 "$base/private/build.log" | tail -n 20 >&2
    if [ $(($(date +%s) - start)) -ge "$limit" ]; then
        echo "the build took longer than $limit s: $command" >&2
    else
        echo "the build failed with $code: $command" >&2
    fi
    exit 4
done
# Links that lead out are not served, and nothing but files, folders and links is.
find "$making" -type l -exec sh -c '
    top=$1; shift
    for link; do case $(readlink -f "$link") in "$top"/*) ;; *) rm -f "$link"; echo "left out ${link#"$top"/}: a link to outside the folder" ;; esac; done
    ' sh "$making" {} +
find "$making" ! -type f ! -type d ! -type l -delete
if [ ! -d "$making/$path" ]; then
    echo "there is no folder $path" >&2
    exit 5
fi
if [ ! -f "$making/$path/index.html" ]; then
    echo "there is no index.html in $path" >&2
    exit 5
fi
file=$(pointer "$making/$path")
if [ -n "$file" ]; then
    printf '%s is in Git LFS, and the repository has only a pointer to it; commit the file itself, or fetch it in build\n' "$file" >&2
    exit 5
fi
chmod -R u=rwX,go=rX "$making" && chown -hR kvmctl-build:kvmctl-build "$making" || exit 1
sync -f "$making" 2>/dev/null
mv -T "$making" "$base/releases/$name"
