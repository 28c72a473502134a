# shellcheck shell=sh
# digestOf ALGORITHM prints the digest of its standard input as the first word.
#
# OpenSSL is several times faster than coreutils where those are built without it, as Debian's are.

digestOf() {
    if openssl dgst -r "-$1" </dev/null >/dev/null 2>&1; then openssl dgst -r "-$1"; else "$1sum"; fi
}
