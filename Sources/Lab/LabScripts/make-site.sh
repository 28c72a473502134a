# shellcheck shell=sh
# Makes `$1/site.git` with the branches main and docs, at once or not at all.
set -eu
folder=$1
rm -rf "$folder/work" "$folder/site.part"
mkdir "$folder/work"
cd "$folder/work"
unset GIT_DIR GIT_WORK_TREE
git() { command git -c init.defaultBranch=main -c user.name=kvmctl -c user.email=kvmctl@localhost "$@"; }
page() {
    cat >index.html <<END
<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>$1</title><link rel="stylesheet" href="style.css"></head>
<body><main><h1>$1</h1><p>$2</p></main></body>
</html>
END
}
git init -q
printf '%s\n' 'main { font-family: sans-serif; margin: 4em auto; max-width: 30em; }' >style.css
page 'Blog' 'This page is the branch main of a git repository, served by kvmctl.'
git add . && git commit -q -m 'Say hello on the blog'
git checkout -q -b docs
page 'Docs' 'This page is the branch docs of the same repository.'
git add . && git commit -q -m 'Say hello in the docs'
git checkout -q main
git clone -q --bare . "$folder/site.part"
rm -rf "$folder/work"
mv "$folder/site.part" "$folder/site.git"
